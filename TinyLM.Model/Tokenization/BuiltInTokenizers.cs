using System.Globalization;
using System.IO.Compression;
using System.Reflection;

namespace TinyLM.Model.Tokenization;

/// <summary>The tokenizers that belong to the lab. OpenAI's vocabularies come from the data packages of Microsoft.ML.Tokenizers.</summary>
public static class BuiltInTokenizers
{
    /// <summary>GPT-2's, which <c>llm.c</c> uses too.</summary>
    public const string Gpt2 = "r50k_base";

    /// <summary>GPT-4's.</summary>
    public const string Gpt4 = "cl100k_base";

    /// <summary>GPT-4o's.</summary>
    public const string Gpt4o = "o200k_base";

    /// <summary>GPT-4o's with the tokens of its chats.</summary>
    public const string Gpt4oChat = "o200k_chat";

    /// <summary>A token for each byte.</summary>
    public const string Bytes = "bytes";

    /// <summary>A token for each character.</summary>
    public const string Characters = "characters";

    private static readonly SpecialToken[] s_gpt4o = [new("<|endoftext|>", 199_999), new("<|endofprompt|>", 200_018)];

    private static readonly Dictionary<string, Lazy<TextTokenizer>> s_tokenizers = new Dictionary<string, Func<TextTokenizer>>
    {
        [Gpt2] = () => OpenAi("R50kBase", "r50k_base", SplitPattern.Gpt2, [new("<|endoftext|>", 50_256)]),
        [Gpt4] = () => OpenAi("Cl100kBase", "cl100k_base", SplitPattern.Cl100k,
            [new("<|endoftext|>", 100_257), new("<|fim_prefix|>", 100_258), new("<|fim_middle|>", 100_259), new("<|fim_suffix|>", 100_260), new("<|endofprompt|>", 100_276)]),
        [Gpt4o] = () => OpenAi("O200kBase", "o200k_base", SplitPattern.O200k, s_gpt4o),
        [Gpt4oChat] = () => OpenAi("O200kBase", "o200k_base", SplitPattern.O200k, [.. s_gpt4o, new("<|im_start|>", 200_264), new("<|im_end|>", 200_265), new("<|im_sep|>", 200_266)]),
        [Bytes] = () => TextTokenizer.Create(new BpeVocabulary(SplitPattern.None, [])),
        [Characters] = () => new CodePointTokenizer(),
    }.ToDictionary(one => one.Key, one => new Lazy<TextTokenizer>(one.Value), StringComparer.Ordinal);

    /// <summary>Their ids, GPT-2's first.</summary>
    public static IReadOnlyList<string> Ids { get; } = [Gpt2, Gpt4, Gpt4o, Gpt4oChat, Bytes, Characters];

    /// <summary>A tokenizer, made when it is first asked for and kept; null where there is none of this id.</summary>
    public static TextTokenizer? Find(string id) => s_tokenizers.GetValueOrDefault(id)?.Value;

    /// <summary>A tokenizer.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this id.</exception>
    public static TextTokenizer Get(string id) => Find(id) ?? throw new KeyNotFoundException($"There is no built-in tokenizer '{id}'; there are {string.Join(", ", Ids)}.");

    private static BytePairTokenizer OpenAi(string package, string name, SplitPattern pattern, SpecialToken[] special)
    {
        var tokens = new byte[]?[special.Max(token => token.Id) + 1];
        foreach (var (rank, bytes) in ReadRanks(package, name).Index()) tokens[rank] = bytes;
        return new BytePairTokenizer(new BytePairDefinition
        {
            Splits = [new TextSplit(pattern)],
            Tokens = tokens,
            TakesWholeChunks = true,
            SpecialTokens = special,
            EndOfTextId = special[0].Id,
        });
    }

    /// <summary>The tokens in the order of their ranks: behind a line with their number, a line of base64 each.</summary>
    private static IEnumerable<byte[]> ReadRanks(string package, string name)
    {
        using var packed = Assembly.Load($"Microsoft.ML.Tokenizers.Data.{package}").GetManifestResourceStream($"{name}.tiktoken.deflate")
            ?? throw new InvalidOperationException($"The package Microsoft.ML.Tokenizers.Data.{package} holds no {name}.tiktoken.deflate; its version is not the one that the lab knows.");
        using var reader = new StreamReader(new DeflateStream(packed, CompressionMode.Decompress));
        const string Capacity = "Capacity: ";
        if (reader.ReadLine() is not { } first || !first.StartsWith(Capacity, StringComparison.Ordinal))
            throw new InvalidOperationException($"The ranks of Microsoft.ML.Tokenizers.Data.{package} do not begin with their number.");
        for (var left = int.Parse(first.AsSpan(Capacity.Length), CultureInfo.InvariantCulture); left > 0 && reader.ReadLine() is { } line; left--)
            yield return Convert.FromBase64String(line);
    }
}

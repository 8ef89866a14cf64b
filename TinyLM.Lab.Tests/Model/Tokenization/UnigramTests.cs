using System.Text;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>SentencePiece's unigram models, unknown tokens, rules for characters and a person's own symbols.</summary>
public sealed class UnigramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Viterbi's algorithm against every way to cut.</summary>
    [Fact]
    public void Encode_OfRandomModels_GivesACutThatNoneIsLikelierThan()
    {
        var random = new Random(20_261_201);
        for (var trial = 0; trial < 300; trial++)
        {
            var texts = new HashSet<string>("ab▁".Select(character => character.ToString()));
            while (texts.Count < 12) texts.Add(RandomText(random, "ab▁", 1 + random.Next(4)));
            var pieces = texts.Select(text => (text, -1 - 9 * random.NextSingle(), SentencePieceFile.Normal)).ToArray();
            var scores = pieces.ToDictionary(piece => piece.text.Replace('▁', ' '), piece => piece.Item2);
            var tokenizer = Read(Unigram([.. SentencePieceFile.FirstPieces, .. pieces]));
            var text = RandomText(random, "ab ", 10);

            var ids = tokenizer.Encode(text);

            Assert.Equal($" {text}", string.Concat(ids.Select(id => pieces[id - 3].text)).Replace('▁', ' '));
            Assert.Equal(BestScore($" {text}", scores), ids.Sum(id => (double)pieces[id - 3].Item2), 1e-4);
        }
    }

    /// <summary>The rules against replacing at each place the longest that fits, one after the other.</summary>
    [Theory]
    [InlineData(SentencePieceFile.BytePairs)]
    [InlineData(SentencePieceFile.Unigram)]
    public void Encode_OfAModelWithRules_GivesTheIdsOfTheReplacedTextAlsoFromTokenizerJson(byte type)
    {
        var rules = new Dictionary<string, string> { ["\u3000"] = " ", ["\t"] = " ", ["ﬁ"] = "fi", ["Ａ"] = "a", ["e\u0301"] = "é", ["e"] = "E", ["\u0001"] = "", ["…"] = "...", ["ab"] = "ba", ["abcd"] = "d" };
        (string, float, byte)[] pieces = [.. "▁abcdefi.éE".Select((unit, i) => (unit.ToString(), -6f - i, SentencePieceFile.Normal)), ("▁a", -2.5f, SentencePieceFile.Normal), ("fi", -3.25f, SentencePieceFile.Normal), ("...", -4f, SentencePieceFile.Normal), ("..", -4.5f, SentencePieceFile.Normal)];
        var plain = new SentencePieceFile { Pieces = [.. SentencePieceFile.FirstPieces, .. SentencePieceFile.Bytes, .. pieces], ModelType = type, DropsSpaces = true };
        var withoutRules = Read(plain);
        var withRules = Read(plain with { CharacterMap = SentencePieceFile.CharacterMapOf(rules) });
        var again = SavedAndLoaded(withRules);
        var random = new Random(7);

        for (var trial = 0; trial < 2_000; trial++)
        {
            var text = RandomText(random, "abcdefi.é \u3000\tﬁＡe\u0301\u0001…狐", 1 + random.Next(24));
            var replaced = Replaced(text, rules);
            Assert.Equal(replaced, withRules.AsRead(text));
            Assert.Equal(withoutRules.Encode(replaced), withRules.Encode(text));
            Assert.Equal(withRules.Encode(text), again.Encode(text));
        }
    }

    /// <summary>The program itself, where it is installed: what it learns from stories by default and otherwise.</summary>
    [Theory]
    [InlineData("--model_type=unigram")]
    [InlineData("--model_type=unigram --byte_fallback=true --user_defined_symbols=<sep>,lily")]
    [InlineData("--model_type=bpe --user_defined_symbols=<sep>,lily")]
    [InlineData("--model_type=unigram --normalization_rule_name=nmt_nfkc_cf --remove_extra_whitespaces=false")]
    public async Task Encode_OfAModelThatSentencePieceLearned_GivesItsIdsAlsoFromTokenizerJson(string options)
    {
        if (!Programs.Has("spm_train") || !Programs.Has("spm_encode")) Assert.Skip("SentencePiece is not installed (Debian's package 'sentencepiece').");
        var stories = await File.ReadAllTextAsync(SharedData.Path("corpora", "tinystories", "tinystories_1MB.txt"), TestContext.Current.CancellationToken);
        string[] lines = [.. stories.Split('\n').Take(2_000), "lilylily<sep>Lily <sep>", "ﬁne ｆｕｌｌ width…  two  spaces ", "naïve 狐狸 🦊 e\u0301", "....... . .. ...", "▁mark ▁"];
        await File.WriteAllLinesAsync(_folder["text.txt"], lines, TestContext.Current.CancellationToken);
        await Programs.RunAsync("spm_train", $"--input={_folder["text.txt"]} --model_prefix={_folder["m"]} --vocab_size=700 --num_threads=1 {options}");
        var expected = (await Programs.RunAsync("spm_encode", $"--model={_folder["m.model"]} --output_format=id --input={_folder["text.txt"]}")).Split('\n');

        var tokenizer = TokenizerImport.Read([new ExportedFile("m.model", await File.ReadAllBytesAsync(_folder["m.model"], TestContext.Current.CancellationToken))], new TokenizerImportOptions()).Tokenizer;
        var again = SavedAndLoaded(tokenizer);

        foreach (var (line, ids) in lines.Zip(expected))
        {
            Assert.Equal(ids.Trim(), string.Join(' ', tokenizer.Encode(line)));
            Assert.Equal(ids.Trim(), string.Join(' ', again.Encode(line)));
            AssertSpansFollowEachOther(tokenizer, line);
        }
    }

    [Fact]
    public void Encode_OfUnknownCharacters_GivesOneTokenForAllInARow()
    {
        var tokenizer = Read(Unigram([.. SentencePieceFile.FirstPieces, ("▁", -1, SentencePieceFile.Normal), ("a", -2, SentencePieceFile.Normal)]));

        var ids = tokenizer.Encode("a狐狸a 狐");

        Assert.Equal([3, 4, 0, 4, 3, 0], ids);
        Assert.Equal("a ⁇ a  ⁇ ", tokenizer.Decode(ids));
        Assert.Equal([(0, 0), (0, 1), (1, 6), (7, 1), (8, 1), (9, 3)], tokenizer.EncodeSpans("a狐狸a 狐").Select(span => (span.Start, span.Length)));
        AssertSpansFollowEachOther(tokenizer, "狐狸  a🦊🦊");
    }

    [Theory]
    [InlineData(SentencePieceFile.Unigram)]
    [InlineData(SentencePieceFile.BytePairs)]
    public void Encode_OfAPersonsSymbol_TakesItWholeAndPutsNoSpaceBehind(byte type)
    {
        var tokenizer = Read(new SentencePieceFile
        {
            Pieces = [.. SentencePieceFile.FirstPieces, ("<sep>", 0, SentencePieceFile.UserDefined), .. "▁ab<sep>".Select((unit, i) => (unit.ToString(), -1f - i, SentencePieceFile.Normal)), ("▁a", -0.5f, SentencePieceFile.Normal)],
            ModelType = type,
        });
        int[] expected = [12, 6, 3, 5, 3, 4, 6];

        Assert.Equal(expected, tokenizer.Encode("ab<sep>a<sep> b"));
        Assert.Equal(expected, SavedAndLoaded(tokenizer).Encode("ab<sep>a<sep> b"));
        Assert.Equal("ab<sep>a<sep> b", tokenizer.Decode(expected));
    }

    [Theory]
    [InlineData("0400", "2 bytes")]
    [InlineData("06000000000000000000", "multiple of 4")]
    [InlineData("04000000000000004100", "")]
    [InlineData("040000000000000041", "cut off")]
    [InlineData("0400000005000080410000", "points at byte 5")]
    [InlineData("FFFFFFFF0000000000", "multiple of 4")]
    public void Import_OfRulesThatAreBroken_SaysWhere(string rules, string message)
    {
        var file = Unigram([.. SentencePieceFile.FirstPieces, ("a", -2, SentencePieceFile.Normal)]) with { CharacterMap = Convert.FromHexString(rules) };

        if (message.Length == 0) Assert.Equal([0, 3], Read(file).Encode("a"));
        else Assert.Contains(message, Assert.Throws<TokenizerFormatException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OfWhatTheLabDoesNotKnow_SaysSo()
    {
        (string, float, byte)[] some = [.. SentencePieceFile.FirstPieces, ("a", -2, SentencePieceFile.Normal)];

        AssertRefused(Unigram(some) with { ModelType = 3 }, "the model type is word");
        AssertRefused(Unigram([("<s>", 0, SentencePieceFile.Control), .. some[2..]]), "0 unknown pieces");
        AssertRefused(Unigram([some[0], some[3]]), "neither a piece 1");
        AssertRefused(Unigram([.. some, (new string('a', 600), -1, SentencePieceFile.Normal)]), "600 characters");
        AssertRefused(Unigram([.. some, ("<0x00>", 0, SentencePieceFile.ByteValue)]), "255 of the 256 byte pieces");
    }

    [Fact]
    public void Export_OfAUnigramModelToLlama2c_IsRefused() => Assert.Contains(
        "unigram",
        Assert.Throws<NotSupportedException>(() => TokenizerExport.Write(Read(Unigram([.. SentencePieceFile.FirstPieces, .. SentencePieceFile.Bytes, ("a", -2, SentencePieceFile.Normal)])), TokenizerFormat.Llama2c)).Message,
        StringComparison.Ordinal);

    private static void AssertSpansFollowEachOther(TextTokenizer tokenizer, string text)
    {
        var spans = tokenizer.EncodeSpans(text);
        Assert.Equal(tokenizer.Encode(text), spans.Select(span => span.Id));
        foreach (var (span, next) in spans.Zip(spans.Skip(1))) Assert.Equal(span.Start + span.Length, next.Start);
        if (spans.Count > 0) Assert.InRange(spans[^1].Start + spans[^1].Length, 0, Encoding.UTF8.GetByteCount(tokenizer.AsRead(text)));
    }

    private static string Replaced(string text, Dictionary<string, string> rules)
    {
        var result = new StringBuilder();
        while (text.Length > 0)
        {
            var longest = rules.Keys.Where(rule => text.StartsWith(rule, StringComparison.Ordinal)).MaxBy(rule => rule.Length);
            result.Append(longest is null ? text[..1] : rules[longest]);
            text = text[(longest?.Length ?? 1)..];
        }
        return result.ToString();
    }

    private static double BestScore(string text, Dictionary<string, float> scores)
    {
        if (text.Length == 0) return 0;
        return Enumerable.Range(1, text.Length).Where(length => scores.ContainsKey(text[..length])).Max(length => scores[text[..length]] + BestScore(text[length..], scores));
    }

    private static string RandomText(Random random, string characters, int length) => string.Create(length, characters, (span, from) =>
    {
        foreach (ref var character in span) character = from[random.Next(from.Length)];
    });

    private static SentencePieceFile Unigram(IReadOnlyList<(string, float, byte)> pieces) => new() { Pieces = pieces, ModelType = SentencePieceFile.Unigram };

    private static void AssertRefused(SentencePieceFile file, string message)
    {
        var error = Assert.Throws<TokenizerFormatException>(() => Read(file)).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Contains("m.model", error, StringComparison.Ordinal);
    }

    private static TextTokenizer Read(SentencePieceFile file) => TokenizerImport.Read([new ExportedFile("m.model", file.Write())], new TokenizerImportOptions()).Tokenizer;

    private TextTokenizer SavedAndLoaded(TextTokenizer tokenizer)
    {
        tokenizer.Save(_folder["tokenizer.json"]);
        return TextTokenizer.Load(_folder["tokenizer.json"]);
    }
}

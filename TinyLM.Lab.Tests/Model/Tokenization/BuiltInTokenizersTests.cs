using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>OpenAI's tokenizers against the official tiktoken, and what all built-in tokenizers hold.</summary>
public class BuiltInTokenizersTests
{
    public static TheoryData<string> Ids => [.. BuiltInTokenizers.Ids];

    [Theory]
    [InlineData(BuiltInTokenizers.Gpt2)]
    [InlineData(BuiltInTokenizers.Gpt4)]
    [InlineData(BuiltInTokenizers.Gpt4o)]
    public void Encode_ReferenceStrings_GivesTheIdsOfTiktoken(string encoding)
    {
        var tokenizer = BuiltInTokenizers.Get(encoding);
        using var golden = Golden("tiktoken_golden.json");

        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = one.GetProperty("text").GetString()!;
            var plain = Numbers(one.GetProperty("ids").GetProperty(encoding));
            Assert.Equal(plain, tokenizer.Encode(text));
            Assert.Equal(one.TryGetProperty("special", out var special) ? Numbers(special.GetProperty(encoding)) : plain, tokenizer.Encode(text, SpecialTokenReading.AsToken));
            Assert.Equal(Convert.FromHexString(one.GetProperty("utf8_hex").GetString()!), tokenizer.DecodeBytes(plain));
        }
    }

    [Fact]
    public void Encode_WholeFiles_GivesTheIdsOfTiktoken()
    {
        using var golden = Golden("tiktoken_files_golden.json");

        foreach (var one in golden.RootElement.GetProperty("files").EnumerateArray())
        {
            var text = File.ReadAllText(SharedData.Path(one.GetProperty("file").GetString()!.Split('/')));
            if (one.GetProperty("first_utf16_units") is { ValueKind: JsonValueKind.Number } units) text = text[..units.GetInt32()];

            int[] ids = [.. BuiltInTokenizers.Get(one.GetProperty("encoding").GetString()!).Encode(text)];

            Assert.Equal(one.GetProperty("tokens").GetInt32(), ids.Length);
            Assert.Equal(one.GetProperty("sha256_of_uint32_le").GetString(), Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(ids))));
        }
    }

    /// <summary>The lecture's example: a chat of GPT-4o.</summary>
    [Fact]
    public void Encode_ChatOfGpt4o_GivesTheFourteenTokensOfTheLecture()
    {
        const string Chat = "<|im_start|>Hi, how are you doing today?<|im_sep|><|im_end|><|im_start|>assistant<|im_sep|>";

        var ids = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat).Encode(Chat, SpecialTokenReading.AsToken);

        Assert.Equal((int[])[200264, 12194, 11, 1495, 553, 481, 5306, 4044, 30, 200266, 200265, 200264, 173781, 200266], ids);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void EncodeSpans_OfAnyTokenizer_CoverTheTextOnce(string id)
    {
        const string Text = "Once upon a time, naïve 狐狸 said: 🦊👩‍👩‍👧\r\n\t<|endoftext|>  The end";
        var tokenizer = BuiltInTokenizers.Get(id);

        var spans = tokenizer.EncodeSpans(Text, SpecialTokenReading.AsToken);

        var bytes = Encoding.UTF8.GetBytes(Text);
        var position = 0;
        foreach (var span in spans)
        {
            Assert.Equal(position, span.Start);
            position += span.Length;
            if (tokenizer.FindSpecial(span.Id) is null) Assert.Equal(bytes[span.Start..position], tokenizer.TokenBytes(span.Id).ToArray());
        }
        Assert.Equal(bytes.Length, position);
        Assert.Equal(tokenizer.Encode(Text, SpecialTokenReading.AsToken), spans.Select(span => span.Id));
    }

    [Theory]
    [InlineData(BuiltInTokenizers.Gpt2, 50_000)]
    [InlineData(BuiltInTokenizers.Gpt4, 100_000)]
    public void Merges_OfRanks_MakeEachTokenOfTwo(string id, int about)
    {
        var tokenizer = BuiltInTokenizers.Get(id);

        Assert.InRange(tokenizer.Merges.Count, about - 100, about + 100);
        Assert.All(tokenizer.Merges, merge => Assert.Equal(
            tokenizer.TokenBytes(merge.Token).ToArray(), (byte[])[.. tokenizer.TokenBytes(merge.Left).Span, .. tokenizer.TokenBytes(merge.Right).Span]));
    }

    /// <summary>The ranks are GPT-2's merges in order: what vocab.bpe of 2019 says.</summary>
    [Fact]
    public void Merges_OfGpt2_AreThoseOfItsOwnFile()
    {
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2);
        var expected = File.ReadLines(SharedData.Path("tokenizers", "gpt2", "vocab.bpe")).Skip(1).Where(line => line.Length > 0);

        Assert.Equal(expected, tokenizer.Merges.Select(merge => $"{Name(merge.Left)} {Name(merge.Right)}"));

        string Name(int id) => ByteLevel.ToText(tokenizer.TokenBytes(id).Span);
    }

    [Fact]
    public void TokenBytes_InAGap_SaysThatThereIsNone()
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4).TokenBytes(100_270));

        Assert.Contains("0 to 100276, with gaps", thrown.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Numbers(JsonElement list) => list.EnumerateArray().Select(number => number.GetInt32());

    private static JsonDocument Golden(string name) => JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", name)));
}

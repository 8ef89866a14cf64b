using System.Text.Json;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

public class TextSplitterTests
{
    [Theory]
    [InlineData(SplitPattern.Gpt2, "gpt2")]
    [InlineData(SplitPattern.Gpt4, "gpt4_minbpe")]
    public void NextChunk_ReferenceStrings_CutsAsTheExpressionDoes(SplitPattern pattern, string reference)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", "pretokenize_golden.json")));

        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var expected = one.GetProperty("chunks").GetProperty(reference).EnumerateArray().Select(chunk => chunk.GetString()!);
            Assert.Equal(expected, Chunks(one.GetProperty("text").GetString()!, pattern));
        }
    }

    private static List<string> Chunks(string text, SplitPattern pattern)
    {
        var chunks = new List<string>();
        for (var rest = text.AsSpan(); !rest.IsEmpty; rest = rest[chunks[^1].Length..])
            chunks.Add(rest[..TextSplitter.NextChunk(rest, pattern)].ToString());
        return chunks;
    }
}

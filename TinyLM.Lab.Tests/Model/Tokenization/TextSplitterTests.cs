using System.Text.Json;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

public class TextSplitterTests
{
    [Theory]
    [InlineData(SplitPattern.Gpt2, "gpt2")]
    [InlineData(SplitPattern.Gpt4, "gpt4_minbpe")]
    [InlineData(SplitPattern.Cl100k, "cl100k_base")]
    [InlineData(SplitPattern.O200k, "o200k_base")]
    public void Split_ReferenceStrings_CutsAsTheExpressionDoes(SplitPattern pattern, string reference)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", "pretokenize_golden.json")));

        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var expected = one.GetProperty("chunks").GetProperty(reference).EnumerateArray().Select(chunk => chunk.GetString()!);
            Assert.Equal(expected, new TextSplit(pattern).Chunks(one.GetProperty("text").GetString()!));
        }
    }
}

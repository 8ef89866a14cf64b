using TinyLM.Lab.Inspection;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public class AttentionPictureTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 30, ContextLength = 150, EmbeddingSize = 12, LayerCount = 2, HeadCount = 3 };
    private static readonly ForwardTrace s_trace = ForwardTrace.Run(LanguageModel.Create(TestWeights.Random(s_config, seed: 3)), [.. Enumerable.Range(0, 150).Select(i => i * 7 % 30)]);

    [Theory]
    [InlineData(HeadMixing.One, 40)]
    [InlineData(HeadMixing.Mean, 40)]
    [InlineData(HeadMixing.Max, 140)] // outside of the window
    public void Of_AWindow_IsTheAttentionOfItsTokensAndOfOne(HeadMixing mixing, int token)
    {
        var window = new TokenWindow(30, 64);

        var picture = AttentionPicture.Of(s_trace, layer: 1, head: 2, mixing, token, window);

        Assert.Equal((64, 64), (picture.Map.Rows, picture.Map.Columns));
        for (var r = 0; r < 64; r++)
        {
            for (var c = 0; c < 64; c++) Assert.Equal(Mixed(30 + r, 30 + c), picture.Map[r][c], 1e-6);
            Assert.Equal(Mixed(token, 30 + r), picture.From[r], 1e-6);
            Assert.Equal(Mixed(30 + r, token), picture.To[r], 1e-6);
            for (var head = 0; head < 3; head++)
            {
                Assert.Equal(s_trace.Attention(1, head)[token][30 + r], picture.FromByHead[head][r]);
                Assert.Equal(s_trace.Attention(1, head)[30 + r][token], picture.ToByHead[head][r]);
            }
        }

        Assert.Equal(Enumerable.Range(0, 150).Where(key => key is < 30 or >= 94).Sum(key => Mixed(token, key)), picture.FromOutside, 1e-5);

        double Mixed(int query, int key)
        {
            var values = Enumerable.Range(0, 3).Select(head => (double)s_trace.Attention(1, head)[query][key]).ToList();
            return mixing switch { HeadMixing.Mean => values.Average(), HeadMixing.Max => values.Max(), _ => values[2] };
        }
    }

    [Fact]
    public void Maps_OfALongPrompt_HoldTheGreatestOfEachPatch()
    {
        var maps = AttentionMaps.Of(s_trace);

        Assert.Equal(64, maps.Side);
        Assert.Equal(2 * 3 * 64 * 64, maps.Pixels.Length);
        for (var i = 0; i < 6; i++)
        {
            var expected = new byte[64 * 64];
            var attention = s_trace.Attention(i / 3, i % 3);
            for (var query = 0; query < 150; query++)
                for (var key = 0; key <= query; key++)
                    expected[query * 64 / 150 * 64 + key * 64 / 150] = Math.Max(expected[query * 64 / 150 * 64 + key * 64 / 150], (byte)Math.Round(Math.Clamp(attention[query][key], 0, 1) * 255));
            Assert.Equal(expected, maps.Pixels[(i * 64 * 64)..((i + 1) * 64 * 64)]);
        }
    }
}

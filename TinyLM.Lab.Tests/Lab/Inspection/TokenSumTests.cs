using TinyLM.Lab.Inspection;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public class TokenSumTests
{
    private static readonly TextTokenizer s_bytes = TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, []));

    [Fact]
    public void NameOf_EveryToken_IsFoundAgain()
    {
        for (var id = 0; id < s_bytes.VocabularySize; id++) Assert.Equal((id, null), TokenSum.Find(s_bytes, TokenSum.NameOf(s_bytes, id)));
    }

    [Fact]
    public void Parse_WordsAndSigns_GivesTokensAndFactors()
    {
        var sum = TokenSum.Parse(s_bytes, " a - b + c  − · ");

        Assert.Equal(s_bytes.Encode("abc ").Zip([1, -1, 1, -1]), sum.Terms);
        Assert.Empty(sum.Notices);
        Assert.Empty(TokenSum.Parse(s_bytes, "").Terms);
        Assert.Contains("2 tokens", TokenSum.Parse(s_bytes, "ab").Notices[0], StringComparison.Ordinal);
    }
}

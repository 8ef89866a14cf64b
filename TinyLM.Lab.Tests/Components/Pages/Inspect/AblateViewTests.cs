using Bunit;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public sealed class AblateViewTests : InspectContext
{
    [Fact]
    public void Head_SwitchedOff_ShowsLossDistributionAndText()
    {
        var page = Open("?prompt=abcab");
        Assert.Contains("As the model is", page.Text(), StringComparison.Ordinal);

        page.InvokeAsync(() => page.Button("Layer 1, head 0").Click());

        page.WaitForAssertion(() => Assert.Contains("It writes now", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("changes=h1.0", Address, StringComparison.Ordinal);
        Assert.Equal("true", page.Button("Layer 1, head 0").GetAttribute("aria-pressed"));
        Assert.Contains("distribution moved (KL)", page.Text(), StringComparison.Ordinal);
        page.InvokeAsync(() => page.Button("All on again").Click());
        page.WaitForAssertion(() => Assert.Contains("As the model is", page.Text(), StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Layer_SwitchedOff_IsBothItsBranches()
    {
        var page = Open("?prompt=abcab");

        page.InvokeAsync(() => page.Button("Layer 0, all of it").Click());

        page.WaitForAssertion(() => Assert.Contains("changes=a0,m0", Uri.UnescapeDataString(Address), StringComparison.Ordinal), Patience);
        Assert.Equal("true", page.Button("Layer 0, feed-forward").GetAttribute("aria-pressed"));
    }

    [Fact]
    public void EachPart_InTurn_ShowsTheRiseOfTheLoss()
    {
        var page = Open("?prompt=abcab");

        page.InvokeAsync(() => page.Button("Each part in turn").Click());

        page.WaitForAssertion(() => Assert.Contains("rise of the loss in nats", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Equal((2, 4), (page.FindComponent<HeatStrip>().Instance.Table.Rows, page.FindComponent<HeatStrip>().Instance.Table.Columns));
    }

    [Fact]
    public void Stream_OfAnotherPrompt_PutInAtTheEnd_BringsItsAnswer()
    {
        var page = Open("?prompt=abcab&source=abdab&changes=pr1%405");

        page.WaitForAssertion(() => Assert.Contains("It writes now", page.Text(), StringComparison.Ordinal), Patience);
        page.InvokeAsync(() => page.Button("Each layer and token in turn").Click());
        page.WaitForAssertion(() => Assert.Contains("that comes along", page.Text(), StringComparison.Ordinal), Patience);

        var shares = page.FindComponent<HeatStrip>().Instance.Table;
        Assert.Equal((2, 6), (shares.Rows, shares.Columns));
        Assert.Equal(1, shares[1][5], 1e-3);
    }

    [Theory]
    [InlineData("pa1@2", "attention of layer 1, 2 b")]
    [InlineData("pm0@3", "feed-forward of layer 0, 3 d for c")]
    [InlineData("ph1.0@all", "head 1.0, all tokens")]
    [InlineData("pr0@3", "residual stream of layer 0, 3 d for c")]
    public void Numbers_OfAnyPlace_PutIn_MoveTheDistribution(string change, string name)
    {
        var page = Open($"?prompt=abcab&source=abdab&changes={Uri.EscapeDataString(change)}");

        page.WaitForAssertion(() => Assert.Contains("It writes now", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains(name, page.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("passed over", page.Text(), StringComparison.Ordinal);
        var moved = !Kullback(page).StartsWith("0.000", StringComparison.Ordinal);
        Assert.Equal(change != "pa1@2", moved); // before the prompts differ their numbers are the same
    }

    [Fact]
    public void Head_SetToItsMean_DoesOtherThanOneSetToZero()
    {
        var zero = Open("?prompt=abcab&changes=h0.0");
        var mean = Open("?prompt=abcab&changes=h0.0&ablate=mean");
        mean.WaitForAssertion(() => Assert.Contains("What changes", mean.Text(), StringComparison.Ordinal), Patience);

        Assert.NotEqual(Kullback(zero), Kullback(mean));
        Assert.Contains("mean ablation", mean.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_Changed_DropsWhatWasFoundOfTheOldOne()
    {
        var page = Open("?prompt=abcab");
        page.InvokeAsync(() => page.Button("Each part in turn").Click());
        page.WaitForAssertion(() => Assert.Contains("rise of the loss in nats", page.Text(), StringComparison.Ordinal), Patience);

        page.InvokeAsync(() => page.Field("Prompt").Input("abcaba"));

        page.WaitForAssertion(() => Assert.DoesNotContain("rise of the loss in nats", page.Text(), StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Changes_ThatTheModelDoesNotHave_ArePassedOverInWords()
    {
        var page = Open("?prompt=abcab&changes=h7.7,m9,nonsense,pr0%402");

        page.WaitForAssertion(() => Assert.Contains("they are passed over", page.Text(), StringComparison.Ordinal), Patience);
    }

    private static string Kullback(IRenderedComponent<InspectPage> page) => page.FindAll(".figures dd")[1].TextContent;

    private IRenderedComponent<InspectPage> Open(string query)
    {
        var page = OpenView("change", query);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#effect-title")), Patience);
        return page;
    }
}

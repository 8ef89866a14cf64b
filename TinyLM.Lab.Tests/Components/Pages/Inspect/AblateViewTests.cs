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
        var page = Open("?prompt=abcab&source=abdab&changes=r1%405");

        page.WaitForAssertion(() => Assert.Contains("It writes now", page.Text(), StringComparison.Ordinal), Patience);
        page.InvokeAsync(() => page.Button("Each layer and token in turn").Click());
        page.WaitForAssertion(() => Assert.Contains("that comes along", page.Text(), StringComparison.Ordinal), Patience);

        var shares = page.FindComponent<HeatStrip>().Instance.Table;
        Assert.Equal((2, 6), (shares.Rows, shares.Columns));
        Assert.Equal(1, shares[1][5], 1e-3);
    }

    [Fact]
    public void Changes_ThatTheModelDoesNotHave_ArePassedOverInWords()
    {
        var page = Open("?prompt=abcab&changes=h7.7,m9,nonsense,r0%402");

        page.WaitForAssertion(() => Assert.Contains("they are passed over", page.Text(), StringComparison.Ordinal), Patience);
    }

    private IRenderedComponent<InspectPage> Open(string query)
    {
        var page = OpenView("change", query);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#effect-title")), Patience);
        return page;
    }
}

using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Tokenizers;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class PlaygroundPageTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Text_InTheAddress_IsCutByTheTokenizerInTheAddress()
    {
        var page = Open("?tokenizer=rhyme&text=Once+upon+a+fox");

        Assert.Equal(["Once", " upon", " a", " fox"], Chips(page, "text"));
        Assert.Equal(Tokenizers.Open("rhyme").Encode("Once upon a fox").Select(id => $"{id}"), Chips(page, "ids"));
        Assert.Equal(["4F 6E 63 65", "20 75 70 6F 6E", "20 61", "20 66 6F 78"], Chips(page, "bytes"));
        Assert.Contains("Tokens 4 Characters 15 Bytes 15 Characters per token 3.75", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_Typed_ChangesChipsAndAddress()
    {
        var page = Open("?tokenizer=bytes");

        await TypeAsync(page, "a é");

        page.WaitForAssertion(() => Assert.Equal(["a", " ", "C3", "A9"], Chips(page, "text")), s_patience);
        Assert.Contains("text=a%20%C3%A9", Address, StringComparison.Ordinal);
        Assert.All(page.FindAll(".text .t").Skip(2), chip => Assert.Contains("part", chip.ClassName, StringComparison.Ordinal));
    }

    [Fact]
    public void SpecialTokens_RecognisedOrNot_AsAPersonChooses()
    {
        var page = Open("?tokenizer=bytes&text=a%3C%7Cendoftext%7C%3E");
        Assert.Equal(["a", "<|endoftext|>"], Chips(page, "text"));
        Assert.Contains("special", page.FindAll(".text .t")[1].ClassName, StringComparison.Ordinal);

        page.FindAll("input[type=checkbox]")[1].Change(false);

        page.WaitForAssertion(() => Assert.Equal(14, Chips(page, "text").Count()), s_patience);
        Assert.Contains("special=text", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Spaces_ShownByChoice_GetSigns()
    {
        Assert.Equal(["a", "·", "b"], Chips(Open("?tokenizer=bytes&text=a%20b&invisible=1"), "text"));
    }

    [Fact]
    public void Ids_InTheAddress_BecomeTextAndWhatIsNoneIsNamed()
    {
        var page = Open("?tokenizer=bytes&ids=72,105,x,9999,255");

        Assert.Equal(["H", "i", "FF"], Chips(page, "text"));
        Assert.Contains("Entry 3, “x”: that is no whole number.", page.Text(), StringComparison.Ordinal);
        Assert.Contains("Entry 4, 9999: this tokenizer has no such id; it has 0 to 256.", page.Text(), StringComparison.Ordinal);
        Assert.Contains("1 token holds bytes that are no UTF-8", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_Touched_TellsWhatItIsAndHowItCameAbout()
    {
        var page = Open("?tokenizer=rhyme&text=Once+upon");

        await page.InvokeAsync(() => page.FindComponent<TokenBoard>().Instance.TouchAsync(1));

        page.WaitForAssertion(() => Assert.Contains("Token 2 of 2", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Contains("Text ·upon Bytes 20 75 70 6F 6E", page.Text(), StringComparison.Ordinal);
        Assert.Contains("How it came about", page.Text(), StringComparison.Ordinal);
        Assert.Equal("Ġupon", page.Find(".tree .name").TextContent);
    }

    [Fact]
    public async Task LongText_Pasted_IsCountedWholeAndDrawnInPart()
    {
        var page = Open("?tokenizer=bytes");

        await TypeAsync(page, new string('x', 100_000));

        page.WaitForAssertion(() => Assert.Contains("Tokens 100,000", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.InRange(page.FindAll(".t").Count, 0, 20_000);
        Assert.DoesNotContain("text=", Address, StringComparison.Ordinal);
        Assert.Contains("Too long to stand in the address", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_BeyondTheLimit_IsRefusedInWords()
    {
        var page = Open("?tokenizer=bytes");
        var input = page.FindComponent<TextInput>();

        page.InvokeAsync(() => input.Instance.Refuse(5_000_000));

        Assert.Contains("That is 5 MB of text; 4 MB are taken at most.", page.Text(), StringComparison.Ordinal);
    }

    private static Task TypeAsync(IRenderedComponent<PlaygroundPage> page, string text) => page.InvokeAsync(() => page.FindComponent<TextInput>().Instance.TakeAsync(text));

    private static IEnumerable<string> Chips(IRenderedComponent<PlaygroundPage> page, string face) => page.FindAll($".{face} .t").Select(chip => chip.TextContent);

    private IRenderedComponent<PlaygroundPage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/tokenizers{query}");
        var page = Render<PlaygroundPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".t")), s_patience);
        return page;
    }
}

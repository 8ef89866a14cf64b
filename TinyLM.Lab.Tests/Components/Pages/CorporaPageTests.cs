using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Corpora;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class CorporaPageTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Corpora_WithoutAny_ShowTheBuiltInOneAndWhereToAdd()
    {
        var page = Render<CorporaPage>();

        Assert.Contains("Story world built in", page.Text(), StringComparison.Ordinal);
        Assert.Contains("8 MB · 9,800 documents", page.Text(), StringComparison.Ordinal);
        Assert.Contains("Drop a file here or choose one", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void File_Dropped_IsAddedAndListed()
    {
        var page = Render<CorporaPage>();

        Upload(page, "one\ntwo\nthree", "poems.txt");

        page.WaitForAssertion(() => Assert.Contains("“poems.txt” is in the library: 3 documents, 13 B.", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Equal(2, page.FindAll(".cards li").Count);
    }

    [Fact]
    public void File_ThatIsNoText_IsRefusedInWords()
    {
        Library.Refusal = new CorpusFormatException("Expected UTF-8 text, found byte 0xFF at offset 0. Save the file as UTF-8 and add it again.");
        var page = Render<CorporaPage>();

        Upload(page, "x", "picture.png");

        page.WaitForAssertion(() => Assert.Contains("“picture.png” was not added. Expected UTF-8 text, found byte 0xFF at offset 0.", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Single(page.FindAll(".cards li"));
    }

    [Fact]
    public void Upload_UnderWay_ShowsHowFarAndCanBeCancelled()
    {
        Library.Gate = new TaskCompletionSource();
        var page = Render<CorporaPage>();

        Upload(page, "0123456789", "big.txt");
        page.WaitForAssertion(() => Assert.Contains("big.txt 10 B of 10 B", page.Text(), StringComparison.Ordinal), s_patience);
        page.Button("Cancel").Click();

        page.WaitForAssertion(() => Assert.Contains("“big.txt” was cancelled; nothing of it was kept.", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Contains("Drop a file here", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Corpus_Opened_ShowsItsDocumentsPageByPage()
    {
        Library.Add("numbers.txt", string.Join('\n', Enumerable.Range(1, 25).Select(i => $"document number {i}")));

        var page = Open("corpus-1", from: 20);

        Assert.Equal(5, page.FindAll(".documents li").Count);
        Assert.Contains("Document 21 18 characters document number 21", page.Text(), StringComparison.Ordinal);
        Assert.Contains("21–25 of 25", page.Text(), StringComparison.Ordinal);
        Assert.EndsWith("from=10", page.Button("Before").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Corpus_Deleted_AsksFirstAndIsGone()
    {
        Library.Add("mine.txt", "a\nb");
        var page = Open("corpus-1", from: 0);

        page.Button("Delete").Click();
        Assert.NotNull(Library.Find("corpus-1"));
        Dialogs.WaitForElements(".mud-dialog button").Single(button => button.TextContent.Trim() == "Delete").Click();

        page.WaitForAssertion(() => Assert.Null(Library.Find("corpus-1")), s_patience);
        Assert.EndsWith("/corpora", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Corpus_BuiltIn_CannotBeDeleted()
    {
        Assert.False(Open("stories", from: 0).HasButton("Delete"));
    }

    [Fact]
    public void Corpus_Unknown_SaysSo()
    {
        Assert.Contains("There is no such corpus", Open("nothing", from: 0).Text(), StringComparison.Ordinal);
    }

    /// <summary>Chooses a file and does not wait for its end, as a browser does not.</summary>
    private static void Upload(IRenderedComponent<CorporaPage> page, string text, string name)
    {
        var input = page.FindComponent<InputFile>();
        _ = page.InvokeAsync(() => input.Instance.OnChange.InvokeAsync(new InputFileChangeEventArgs([new FakeBrowserFile(name, text)])));
    }

    [Theory]
    [InlineData(false, "0.712 bits per byte")]
    [InlineData(true, "≤ 0.712 bits per byte")]
    public void Stories_Opened_TellTheEntropyOfTheirSource(bool isUpperBound, string words)
    {
        Library.Entropy = Library.Entropy with { IsUpperBound = isUpperBound };

        var page = Open("stories", from: 0);

        Assert.Contains($"Entropy of the source {words} Measured to within ± 0.0008 over 10,000 stories", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddedCorpus_Opened_TellsNoEntropy()
    {
        var added = Library.Add("a.txt", "One line.");

        Assert.DoesNotContain("Entropy of the source", Open(added.Id, from: 0).Text(), StringComparison.Ordinal);
    }

    private IRenderedComponent<CorpusPage> Open(string id, long from)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/corpora/{id}?from={from}");
        return Render<CorpusPage>(parameters => parameters.Add(page => page.CorpusId, id));
    }
}

using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using TinyLM.Lab.Components.Pages.Tokenizers;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Components.Pages;

/// <summary>The tokenizer workshop besides its playground.</summary>
public sealed class TokenizerPagesTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Compare_TwoTokenizers_RingsWhereTheyDisagreeAndTellsFertility()
    {
        var page = Open<ComparePage>("/tokenizers/compare?t=rhyme&t=bytes&text=Once%20x");

        page.WaitForAssertion(() => Assert.Equal(["Once", " ", "x", "O", "n", "c", "e", " ", "x"], page.FindAll(".text .t").Select(chip => chip.TextContent)), s_patience);
        Assert.Equal(["Once", "O", "n", "c", "e"], page.FindAll(".apart").Select(chip => chip.TextContent));
        Assert.Contains("Rhyme 3 tokens Tokens per word 1.50 Bytes per token 2.00", page.Text(), StringComparison.Ordinal);
        Assert.Contains("Bytes 6 tokens Tokens per word 3.00 Bytes per token 1.00", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_AnotherTokenizerAndOneLess_StaysBetweenTwoAndFour()
    {
        var page = Open<ComparePage>("/tokenizers/compare");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".t")), s_patience);
        Assert.False(page.HasButton("Leave tokenizer 1 out"));

        Click(page, "Another tokenizer");
        page.WaitForAssertion(() => Assert.Equal(3, Address.Split("t=").Length - 1), s_patience);
        Click(page, "Another tokenizer");
        page.WaitForAssertion(() => Assert.Equal(4, Address.Split("t=").Length - 1), s_patience);
        Assert.False(page.HasButton("Another tokenizer"));
        Click(page, "Leave tokenizer 1 out");

        page.WaitForAssertion(() => Assert.Equal(3, Address.Split("t=").Length - 1), s_patience);
        Assert.Equal(3, page.FindAll(".cut").Count);
    }

    [Fact]
    public void Compare_OverACorpus_TellsFertilityByScript()
    {
        Library.Add("mixed.txt", "One fox.\nЛиса в лесу.");
        var page = Open<ComparePage>("/tokenizers/compare?t=rhyme&t=bytes");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".t")), s_patience);
        page.InvokeAsync(() => page.FindComponent<CorpusComparison>().FindComponent<MudSelect<string>>().Instance.ValueChanged.InvokeAsync("corpus-1"));

        page.WaitForAssertion(() => Assert.EndsWith("corpus=corpus-1", Address, StringComparison.Ordinal), s_patience);

        Click(page, "Measure");

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("table").Count), s_patience);
        Assert.Equal(["Cyrillic", "Latin"], page.FindAll("table")[1].QuerySelectorAll("tbody th").Select(cell => cell.TextContent));
        Assert.Contains("Bytes 29 5.80 1.00", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_OfTheLecture_BecomesItsTextWithSpecialTokens()
    {
        Tokenizers.Add(BuiltInTokenizers.Gpt4oChat, "GPT-4o chat", TinyLM.Model.Data.TokenizerOrigin.BuiltIn, BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat));
        var page = Open<ChatPage>("/tokenizers/chat");

        page.Button("The lecture's example").Click();

        page.WaitForAssertion(() => Assert.Equal("200264 12194 11 1495 553 481 5306 4044 30 200266 200265 200264 173781 200266",
            string.Join(' ', page.FindAll(".ids .t").Select(chip => chip.TextContent))), s_patience);
        Assert.Equal(5, page.FindAll(".text .special").Count);
    }

    [Fact]
    public void Chat_WithATokenizerThatKnowsNoMarks_SaysSo()
    {
        var page = Open<ChatPage>("/tokenizers/chat?tokenizer=bytes");

        Assert.Contains("This tokenizer has no special token <|im_start|>, <|im_sep|>, <|im_end|>", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_MessagesEdited_StandInTheAddress()
    {
        var page = Open<ChatPage>("/tokenizers/chat?tokenizer=rhyme&role=user&say=Hi");
        page.Find("textarea").Input("Hello");
        page.Button("Another message").Click();

        Assert.EndsWith("tokenizer=rhyme&role=user&say=Hello&role=assistant&say=", Address, StringComparison.Ordinal);
        Assert.Equal("<|im_start|>user<|im_sep|>Hello<|im_end|><|im_start|>assistant<|im_sep|><|im_end|><|im_start|>assistant<|im_sep|>",
            string.Concat(page.FindAll(".text .t").Select(chip => chip.TextContent)));
    }

    [Fact]
    public async Task Bpe_Stepped_ShowsPairsMergesAndTheTree()
    {
        var page = Open<BpePage>("/tokenizers/bpe?text=aaabdaaabac");
        page.WaitForAssertion(() => Assert.Contains("Every byte is a token", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.StartsWith("a + a 4", Squeezed(page.Find(".winner").TextContent), StringComparison.Ordinal);

        Click(page, "One step on");
        page.WaitForAssertion(() => Assert.Equal("Merge 1 of 7: a + a → aa, 2 times", page.Find("#stage-title").TextContent), s_patience);
        Click(page, "Last step");
        page.WaitForAssertion(() => Assert.Equal(["aaabdaaabac"], page.FindAll(".text .t").Select(chip => chip.TextContent)), s_patience);
        await page.InvokeAsync(() => page.Find(".scrubber").Input("3"));
        page.WaitForAssertion(() => Assert.Equal(["aaab", "d", "aaab", "a", "c"], page.FindAll(".text .t").Select(chip => chip.TextContent)), s_patience);
        Assert.Contains("step=3", Address, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.FindComponent<TokenBoard>().Instance.TouchAsync(0));
        Assert.Contains("How aaab came about", page.Text(), StringComparison.Ordinal);
        Assert.Equal(["aaab", "aa", "a", "a", "ab", "a", "b"], page.FindAll(".tree .name").Select(name => name.TextContent));
    }

    [Fact]
    public void Bpe_Played_GoesOnByItself()
    {
        var page = Open<BpePage>("/tokenizers/bpe?text=aaabdaaabac");
        page.WaitForAssertion(() => Assert.Contains("Every byte is a token", page.Text(), StringComparison.Ordinal), s_patience);

        page.Button("Play").Click();

        page.WaitForAssertion(() => Assert.Contains("Merge 2 of 7", page.Text(), StringComparison.Ordinal), s_patience);
        Click(page, "Pause");
        page.WaitForAssertion(() => Assert.True(page.HasButton("Play")), s_patience);
    }

    [Fact]
    public void Train_Started_ShowsMergesAsTheyAreFoundAndOffersTheResult()
    {
        var page = Open<TrainTokenizerPage>("/tokenizers/train");
        page.Field("Special tokens").Input("<|user|> <|assistant|>");
        page.Button("Train the tokenizer").Click();
        var training = Assert.Single(Trainings.List());
        Assert.Equal(["<|user|>", "<|assistant|>"], training.Settings.SpecialTokens);
        Assert.Equal("Story world, 4,096 tokens", training.Name);
        Assert.EndsWith("training=training-1", Address, StringComparison.Ordinal);

        Trainings.Advance(training.Id, 3);
        page.WaitForAssertion(() => Assert.Contains($"Merges 3 of {Trainings.Merges.Count}", page.Text(), StringComparison.Ordinal), s_patience);
        Trainings.Finish(training.Id, "rhyme");

        page.WaitForAssertion(() => Assert.Equal("/new?tokenizer=rhyme", page.Button("Train a model with it").GetAttribute("href")), s_patience);
        Assert.Contains("in the library", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Cancelled_Ends()
    {
        var page = Open<TrainTokenizerPage>("/tokenizers/train");
        page.Button("Train the tokenizer").Click();

        page.Button("Cancel").Click();

        Assert.Equal(["training-1"], Trainings.Cancelled);
        page.WaitForAssertion(() => Assert.Contains("cancelled", page.Text(), StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void Train_WithSettingsThatBreakARule_SaysWhichAndStartsNothing()
    {
        var page = Open<TrainTokenizerPage>("/tokenizers/train");

        page.Field("Vocabulary size (tokens)").Input("200");

        Assert.Contains("A vocabulary of 200 tokens cannot hold 256 bytes", page.Text(), StringComparison.Ordinal);
        Assert.True(page.Button("Train the tokenizer").HasAttribute("disabled"));
    }

    [Fact]
    public void Compare_WithACorpusInTheAddress_MeasuresThatOne()
    {
        Library.Add("mixed.txt", "One fox.\nЛиса в лесу.");
        var page = Open<ComparePage>("/tokenizers/compare?t=rhyme&t=bytes&corpus=corpus-1");

        Click(page, "Measure");

        page.WaitForAssertion(() => Assert.Contains("mixed.txt: 29 B", page.Text(), StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void Library_Renamed_HasTheNewName()
    {
        var page = Open<TokenizerLibraryPage>("/tokenizers/library");
        Assert.False(page.HasButton("Rename Bytes"));

        page.Button("Rename Rhyme").Click();
        Dialogs.WaitForElement(".mud-dialog input").Input("Fox and box");
        Dialogs.FindAll(".mud-dialog button").Single(button => button.TextContent.Trim() == "Rename").Click();

        page.WaitForAssertion(() => Assert.Equal("Fox and box", page.FindAll(".cards .name")[1].TextContent), s_patience);
        Assert.Equal("Fox and box", Tokenizers.Find("rhyme")!.Name);
    }

    [Fact]
    public void Library_ListsDeletesAndTakesBack()
    {
        var page = Open<TokenizerLibraryPage>("/tokenizers/library");
        Assert.Contains("Bytes built in", page.Text(), StringComparison.Ordinal);
        Assert.False(page.HasButton("Delete Bytes"));

        page.Button("Delete Rhyme").Click();
        page.WaitForAssertion(() => Assert.Null(Tokenizers.Find("rhyme")), s_patience);
        Assert.Single(page.FindAll(".cards li"));

        Snackbars.WaitForElements("button").Single(button => button.TextContent.Trim() == "Undo").Click();

        page.WaitForAssertion(() => Assert.True(page.HasButton("Delete Rhyme")), s_patience);
        Assert.NotNull(Tokenizers.Find("rhyme"));
    }

    [Fact]
    public void Library_FileThatIsNone_IsRefusedInWords()
    {
        Tokenizers.Refusal = new TokenizerFormatException("bad.json, line 1: the file is no JSON.");
        var page = Open<TokenizerLibraryPage>("/tokenizers/library");

        Upload(page, "bad.json");

        page.WaitForAssertion(() => Assert.Contains("“bad.json” was not added. bad.json, line 1: the file is no JSON.", page.Text(), StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void Library_VocabularyAndMerges_AreOneTokenizer()
    {
        var page = Open<TokenizerLibraryPage>("/tokenizers/library");

        Upload(page, "vocab.json", "merges.txt");

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".cards li").Count), s_patience);
        Assert.Contains("“vocab” is in the library", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabulary_Unknown_SaysSo()
    {
        Assert.Contains("There is no such tokenizer", Render<VocabularyPage>(parameters => parameters.Add(one => one.TokenizerId, "nothing")).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabulary_Counted_TellsWhatIsUnused()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/tokenizers/library/rhyme");
        var page = Render<VocabularyPage>(parameters => parameters.Add(one => one.TokenizerId, "rhyme"));
        page.WaitForAssertion(() => Assert.True(page.HasButton("Count")), s_patience);

        page.Button("Count").Click();

        page.WaitForAssertion(() => Assert.Contains("tokens of the vocabulary are never used in it.", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Contains("sort=frequent", Address, StringComparison.Ordinal);
    }

    /// <summary>Finds a button and clicks it before the page can be drawn anew.</summary>
    private static void Click<T>(IRenderedComponent<T> page, string name)
        where T : IComponent => page.InvokeAsync(() => page.Button(name).Click());

    private IRenderedComponent<T> Open<T>(string address)
        where T : IComponent
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<T>();
    }

    private static void Upload(IRenderedComponent<TokenizerLibraryPage> page, params string[] names)
    {
        var input = page.FindComponent<InputFile>();
        _ = page.InvokeAsync(() => input.Instance.OnChange.InvokeAsync(new InputFileChangeEventArgs([.. names.Select(name => new FakeBrowserFile(name, "{}"))])));
    }

    private static string Squeezed(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("+", " + ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal);
}

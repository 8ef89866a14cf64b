using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Corpora;
using TinyLM.Lab.Components.Pages.Groups;
using TinyLM.Lab.Components.Pages.Home;
using TinyLM.Lab.Components.Pages.Models;
using TinyLM.Lab.Components.Pages.NewRun;
using TinyLM.Lab.Components.Pages.Run;
using TinyLM.Lab.Components.Pages.Storage;
using TinyLM.Lab.Components.Pages.Studio;
using TinyLM.Lab.Components.Pages.Tokenizers;
using TinyLM.Lab.Components.Pages.Trash;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Studio;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Components.Security;

/// <summary>Markup in every field that a page shows: it is shown as text, and no element comes of it.</summary>
public sealed class MarkupTests : ComponentContext
{
    private static readonly IReadOnlyList<string> s_payloads = HostileMarkup.Take(TrustCounts.Of(50, 300));

    private static string All => string.Join(' ', s_payloads);

    [Fact]
    public void Checker_FindsEachPayload_WhereAPageTakesItAsMarkup() =>
        Assert.All(s_payloads, payload => Assert.NotEmpty(HostileMarkup.In(Render(builder => builder.AddMarkupContent(0, $"<p>{payload}</p>")))));

    [Fact]
    public void RunsGroupsAndTrash_ShowText()
    {
        foreach (var (i, payload) in s_payloads.Index())
        {
            var group = new GroupSpec { Id = "g", Name = payload, Settings = ["training.learningRate"] };
            Runs.Add(TestRuns.Summary($"r{i}", RunStatus.Completed) with { Name = payload, Notes = payload, Tags = new RunTags([payload]), Group = group, Preset = payload }, RunPresets.Quick.Spec with { Name = payload, Group = group });
            Runs.Add(TestRuns.Summary($"f{i}", RunStatus.Failed) with { Name = payload, Reason = payload });
            Runs.Add(TestRuns.Summary($"d{i}", RunStatus.Completed) with { Name = payload });
            _ = Runs.DeleteAsync($"d{i}", CancellationToken.None);
        }

        Check(Render<HomePage>(), s_payloads[0], s_payloads[^1]);
        Check(Render<TrashPage>(), [.. s_payloads]);
        Check(Render<StoragePage>(), s_payloads[0]);
        Check(Render<GroupPage>(page => page.Add(one => one.Id, "g")), s_payloads[^1]);
        Navigate($"/compare?runs={string.Join(',', Enumerable.Range(0, 10).Select(i => $"r{i}"))}");
        Check(Render<TinyLM.Lab.Components.Pages.Compare.ComparePage>(), s_payloads[0]);
    }

    [Fact]
    public void RunPage_ShowsText()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Failed) with { Name = All, Notes = All, Tags = new RunTags(s_payloads), Reason = All, Group = new GroupSpec { Id = "g", Name = All, Settings = [] } }, RunPresets.Quick.Spec with { Name = All, SamplePrompts = s_payloads });
        feed.Add(TestRuns.Environment());
        feed.Add(TestRuns.Dataset());
        feed.Add(TestRuns.Step(1));
        foreach (var payload in s_payloads) feed.Add(TestRuns.Sample(1, payload, payload));
        feed.Add(new WarningEvent { Time = TestRuns.Start, Message = All });

        Check(Render<RunPage>(page => page.Add(one => one.RunId, "r")), s_payloads[0], s_payloads[^1]);
    }

    [Fact]
    public void Libraries_ShowText()
    {
        var tokenizer = Tokenizers.Open("rhyme");
        foreach (var (i, payload) in s_payloads.Index())
        {
            Library.Add(payload, All);
            Tokenizers.Add($"t{i}", payload, TokenizerOrigin.Imported, tokenizer);
            ImportedModels.Models.Add(FakeModelLibrary.Model($"m{i}", payload) with { Source = payload });
            Presets.Save(payload, RunPresets.Quick.Spec with { Name = payload });
            Store.Save(new StudioTree { Id = $"s{i}", Name = payload });
            Trainings.Start(payload, new TokenizerTrainingSettings());
        }
        Trainings.Fail("training-1", All);

        Check(Render<CorporaPage>(), [.. s_payloads]);
        Check(Render<CorpusPage>(page => page.Add(one => one.CorpusId, "corpus-1")), s_payloads[0]);
        Check(Render<TokenizerLibraryPage>(), [.. s_payloads]);
        Check(Render<ModelsPage>(), [.. s_payloads]);
        Check(Render<NewRunPage>(), s_payloads[0]);
        Check(Render<TrainTokenizerPage>(), s_payloads[0]);
        Navigate("/studio?tree=s0");
        Check(Render<StudioPage>(), s_payloads[0]);
    }

    [Fact]
    public void Tokens_ShowText()
    {
        var learned = TextTokenizer.Create(BpeTrainer.Train([string.Concat(Enumerable.Repeat(All, 3))], new BpeTrainingOptions { VocabularySize = 600, MayEndEarly = true, SpecialTokens = ["<x-hurt>"] }, ct: Xunit.TestContext.Current.CancellationToken));
        Tokenizers.Add("hostile", "hostile", TokenizerOrigin.Trained, learned);

        Check(Render<VocabularyPage>(page => page.Add(one => one.TokenizerId, "hostile")));
        Navigate($"/tokenizers?tokenizer=hostile&text={Uri.EscapeDataString(s_payloads[0])}");
        Check(Render<PlaygroundPage>());
    }

    [Fact]
    public void CsvCells_ThatSpreadsheetsWouldCompute_AreText()
    {
        var csv = PromptResults.ToCsv(((string[])["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "plain"]).Select(text => new PromptResult(text, text, text, null, 1)));

        foreach (var row in csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
            Assert.True(row.TrimStart('"')[0] is '\'' or 'p', row);
    }

    private void Navigate(string path) => Services.GetRequiredService<NavigationManager>().NavigateTo(path);

    private static void Check<T>(IRenderedComponent<T> page, params string[] shown)
        where T : IComponent
    {
        Assert.Empty(HostileMarkup.In(page));
        var text = string.Concat(page.Nodes.SelectMany(node => AngleSharp.Dom.NodeExtensions.GetDescendantsAndSelf(node).OfType<AngleSharp.Dom.IText>()).Select(node => node.Data)) + string.Concat(page.FindAll("input, textarea").Select(field => field.GetAttribute("value")));
        Assert.All(shown, payload => Assert.Contains(payload, text, StringComparison.Ordinal));
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Models;
using TinyLM.Lab.Studio;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Tests.Lab.Studio;

/// <summary>A tree worked on with a real model.</summary>
public sealed class StudioSessionTests : IDisposable
{
    private readonly TempLab _lab = new();
    private readonly ModelHost _host;
    private readonly StudioSession _session;

    public StudioSessionTests()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        _host = new ModelHost(new CheckpointShelf(_lab.Directory), new ModelHostOptions(), TimeProvider.System, NullLogger<ModelHost>.Instance);
        _session = new StudioSession(new StudioTree { Id = "t" }, _host, NullLogger.Instance);
        _session.Draft = _session.Draft with { Model = ModelReference.OfRun("r"), Prompt = "ab", NewSeedEachTime = false, Settings = new SamplingSettings { MaxTokens = 8, Seed = 3, FrequencyPenalty = 0.5 } };
    }

    public void Dispose()
    {
        _session.Dispose();
        _host.Dispose();
        _lab.Dispose();
    }

    private StudioBranch Current => _session.Tree.Find(_session.Tree.Current)!;

    [Fact]
    public async Task Write_AndContinue_IsTheTextThatOneWritingWouldHaveMade()
    {
        await WriteAsync(_session.Write);
        var first = Current;
        await WriteAsync(_session.Write);

        var whole = TextGeneration.Write(LoadedModel.Load(_lab.Directory.FindRun("r")!.CheckpointPath(10)), _session.Draft.Request("ab", []) with { Settings = _session.Draft.Settings with { MaxTokens = 16 } }, TestContext.Current.CancellationToken);
        Assert.Equal((8, 16), (first.Tokens.Count, Current.Tokens.Count));
        Assert.Equal(whole.Select(piece => piece.TokenId), Current.Tokens.Select(token => token.Id));
        Assert.Equal([0, 8], Current.Marks);
        Assert.Single(_session.Tree.Branches);
    }

    [Fact]
    public async Task Undo_TakesBackOneWritingAndThenTheBranch()
    {
        await WriteAsync(_session.Write);
        await WriteAsync(_session.Write);

        _session.Undo();
        var afterOne = Current.Tokens.Count;
        _session.Undo();

        Assert.Equal(8, afterOne);
        Assert.Empty(_session.Tree.Branches);
    }

    [Fact]
    public async Task BranchAt_AnAlternative_KeepsWhatStoodBeforeAndGoesOn()
    {
        await WriteAsync(_session.Write);
        var first = Current;
        var chosen = first.Tokens[3].Alternatives.First(one => one.TokenId != first.Tokens[3].Id);

        await WriteAsync(() => _session.BranchAt(3, chosen));

        Assert.Equal((first.Id, 3), (Current.Parent, Current.Kept));
        Assert.Equal([.. first.Tokens.Take(3).Select(token => token.Id), chosen.TokenId], Current.Tokens.Take(4).Select(token => token.Id));
        Assert.Equal(12, Current.Tokens.Count);
        Assert.Equal(8, _session.Tree.Find(first.Id)!.Tokens.Count);
    }

    [Fact]
    public async Task WriteAgain_WithAnotherSeed_WritesTheLastPartBesideTheFirst()
    {
        await WriteAsync(_session.Write);
        await WriteAsync(_session.Write);
        var first = Current;
        _session.Draft = _session.Draft with { Settings = _session.Draft.Settings with { Seed = 4 } };

        await WriteAsync(_session.WriteAgain);

        Assert.Equal((first.Id, 8), (Current.Parent, Current.Kept));
        Assert.Equal(first.Tokens.Take(8), Current.Tokens.Take(8));
        Assert.NotEqual(first.Tokens.Select(token => token.Id), Current.Tokens.Select(token => token.Id));
    }

    [Fact]
    public async Task Edit_InTheMiddle_GoesOnFromTheChangedText()
    {
        await WriteAsync(_session.Write);
        var first = Current;

        await WriteAsync(() => _session.Edit("something else"));

        Assert.Equal((first.Id, 0, "something else"), (Current.Parent, Current.Kept, Current.Prompt));
        Assert.Equal(8, Current.Tokens.Count);
    }

    [Fact]
    public async Task Write_OfSeveralTexts_GivesEachTheNextSeed()
    {
        _session.Draft = _session.Draft with { SampleCount = 3 };

        await WriteAsync(_session.Write);

        Assert.Equal([3ul, 4, 5], _session.Tree.Branches.Select(branch => branch.Settings.Seed));
        Assert.Equal(3, _session.Tree.Branches.Select(branch => branch.Text).Distinct().Count());
        Assert.Equal(1, _session.Tree.Current);
    }

    [Fact]
    public async Task Stop_WhileItWrites_KeepsWhatWasWritten()
    {
        _session.Draft = _session.Draft with { Settings = _session.Draft.Settings with { MaxTokens = 1_000_000 } };
        _session.Write();
        await Eventually.HoldsAsync(() => Current.Tokens.Count > 2, "some tokens are written");

        _session.Stop();
        await Eventually.HoldsAsync(() => !_session.IsWriting(1), "the writing has ended");

        Assert.True(Current.Tokens.Count > 2);
        Assert.Null(_session.Problem);
    }

    [Fact]
    public async Task Write_WithAModelThatIsNone_TellsWhy()
    {
        _session.Draft = _session.Draft with { Model = ModelReference.OfRun("none") };

        await WriteAsync(_session.Write);

        Assert.Contains("There is no run 'none'", _session.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tree_SavedAndOpenedAgain_IsAsItWas()
    {
        await WriteAsync(_session.Write);
        await WriteAsync(() => _session.BranchAt(2, Current.Tokens[2].Alternatives[^1]));
        _session.Rename(2, " second ");
        var store = new StudioStore(_lab.Directory, NullLogger<StudioStore>.Instance);
        var tree = _session.Name("A tree", TestRuns.Start);

        store.Save(tree);

        var opened = Assert.Single(store.ListTrees());
        Assert.Equal(("A tree", "second", 2), (opened.Name, opened.Find(2)!.Name, opened.Current));
        Assert.Equal(tree.Branches.Select(branch => branch.Text), opened.Branches.Select(branch => branch.Text));
        Assert.Equal(tree.Branches[1].Tokens[2].Alternatives, opened.Branches[1].Tokens[2].Alternatives);
        Assert.Equal(ModelReference.OfRun("r"), new StudioSession(opened, _host, NullLogger.Instance).Draft.Model);
        store.DeleteTree("t");
        Assert.Null(store.FindTree("t"));
        Assert.Null(store.FindTree("../lab"));
    }

    [Fact]
    public void Walk_OfATree_StandsEachAfterItsParentAndRemovesWithWhatComesFromIt()
    {
        var tree = new StudioTree { Id = "t" };
        foreach (var parent in (int?[])[null, 1, 1, 2, null]) tree = tree.With(id => new StudioBranch { Id = id, Parent = parent, Model = "run/r", Prompt = "", Settings = new SamplingSettings() }, out _);

        Assert.Equal([(1, 0), (2, 1), (4, 2), (3, 1), (5, 0)], tree.Walk().Select(one => (one.Branch.Id, one.Depth)));
        Assert.Equal([1, 3, 5], tree.Without(2).Branches.Select(branch => branch.Id));
        Assert.Equal(5, (tree with { Current = 4 }).Without(1).Current);
    }

    private async Task WriteAsync(Action begin)
    {
        begin();
        await Eventually.HoldsAsync(() => !_session.Tree.Branches.Any(branch => _session.IsWriting(branch.Id)), "the writing has ended");
    }
}

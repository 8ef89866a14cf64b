using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

public sealed class RunServiceTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();
    private readonly LabOfRuns _lab;

    public RunServiceTests() => _lab = new LabOfRuns(_temp.Directory, _workers);

    public void Dispose()
    {
        _lab.Dispose();
        _workers.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Start_BrokenRules_AreAllToldAndNothingIsLeft()
    {
        var spec = LabOfRuns.Spec(device: "cuda:3") with { Data = new DataSpec { Corpus = "poems" }, Model = RunPresets.Quick.Spec.Model with { HeadCount = 3 } };

        var refusal = await Assert.ThrowsAsync<InvalidSpecException>(() => _lab.Runs.StartAsync(spec, TestContext.Current.CancellationToken));

        Assert.Contains(refusal.Problems, problem => problem.Contains("There is no corpus 'poems'", StringComparison.Ordinal));
        Assert.Contains(refusal.Problems, problem => problem.Contains("'cuda:3' is not on this machine; there is cpu.", StringComparison.Ordinal));
        Assert.Equal(3, refusal.Problems.Count);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Directory.RunsPath));
    }

    [Fact]
    public async Task Start_MachineThatCannotTrain_IsToldWhy()
    {
        _lab.Devices.Current = FakeDeviceCatalog.Broken;

        var refusal = await Assert.ThrowsAsync<InvalidSpecException>(() => _lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken));

        Assert.Equal([FakeDeviceCatalog.Broken.Problem!], refusal.Problems);
    }

    [Fact]
    public async Task Start_KeepsWhatWasExpected()
    {
        var made = await _lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);

        var estimate = _lab.Runs.GetEstimate(made.Id)!;

        Assert.Equal(12L * 8 * 128, estimate.TotalTokens);
        Assert.NotNull(estimate.Time);
        Assert.True(estimate.MemoryBytes > 0);
        _temp.AddRun("20260101-000000-aaaa");
        Assert.Null(_lab.Runs.GetEstimate("20260101-000000-aaaa")); // of before estimates were kept
    }

    [Fact]
    public async Task List_SeveralRuns_NewestFirst()
    {
        _temp.AddRun("20260101-000000-aaaa");
        _temp.AddRun("20260301-000000-aaaa");
        _temp.AddRun("20260201-000000-aaaa");
        var made = await _lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);

        var ids = _lab.Runs.List().Select(run => run.Id);

        Assert.Equal([made.Id, "20260301-000000-aaaa", "20260201-000000-aaaa", "20260101-000000-aaaa"], ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"training\": {\"steps\": \"many\"}}")]
    [InlineData("{\"model\": null}")]
    [InlineData("\0\0\0\0")]
    public void DamagedSpec_IsListedAsFailedInWords(string content)
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        File.WriteAllText(run.SpecPath, content);

        var listed = Assert.Single(_lab.Runs.List());

        Assert.Equal(RunStatus.Failed, listed.Status);
        Assert.StartsWith("run.json is damaged", listed.Reason, StringComparison.Ordinal);
        Assert.Equal((true, 0), (listed.IsDamaged, listed.ParameterCount));
        Assert.NotNull(_lab.Runs.OpenFeed(run.Id));
        Assert.Equal(RunStatus.Failed, _lab.Runs.OpenFeed(run.Id)!.Read(default).Summary.Status);
        Assert.NotNull(_lab.Runs.GetSpec(run.Id));
    }

    [Fact]
    public async Task DamagedRun_CannotGoOnAndCanBeDeleted()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        File.Delete(run.SpecPath);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => _lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken));
        await _lab.Runs.DeleteAsync(run.Id, TestContext.Current.CancellationToken);

        Assert.Contains("run.json is missing", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_lab.Runs.List());
    }

    [Fact]
    public async Task Rename_KeepsOtherNotesAndTheSpec()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        File.WriteAllText(run.NotesPath, """{"star": true, "mood": "hopeful"}""");
        var asked = File.ReadAllText(run.SpecPath);

        await _lab.Runs.ChangeNotesAsync(run.Id, notes => notes with { Name = "  Foxes \n" }, TestContext.Current.CancellationToken);

        Assert.Equal("Foxes", _lab.Runs.Find(run.Id)!.Name);
        Assert.True(_lab.Runs.Find(run.Id)!.IsStarred);
        Assert.Contains("\"mood\": \"hopeful\"", File.ReadAllText(run.NotesPath), StringComparison.Ordinal);
        Assert.Equal(asked, File.ReadAllText(run.SpecPath));
        await Assert.ThrowsAsync<ArgumentException>(() => _lab.Runs.ChangeNotesAsync(run.Id, notes => notes with { Name = " " }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Notes_Changed_AreInTheFolderAndOutliveTheIndex()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        using (var events = new RunEventWriter(run)) events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Completed });

        await _lab.Runs.ChangeNotesAsync(run.Id, notes => notes with { Notes = "Best so far", Tags = RunTags.Parse("foxes, Baseline,foxes"), Star = true, Archived = true }, TestContext.Current.CancellationToken);
        var changed = _lab.Runs.Find(run.Id)!;
        _lab.Dispose();
        File.Delete(_temp.Directory.DatabasePath);
        using var after = new LabOfRuns(_temp.Directory, _workers);

        Assert.Equal(("Best so far", "Baseline, foxes", true, true), (changed.Notes, changed.Tags.ToString(), changed.IsStarred, changed.IsArchived));
        Assert.Equal(changed with { DiskBytes = 0 }, after.Runs.Find(run.Id)! with { DiskBytes = 0 }); // measured at other times
    }

    [Fact]
    public async Task Notes_ThatCannotBeRead_ArePutAsideAndNotWrittenOver()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        File.WriteAllText(run.NotesPath, "{\"notes\": \"years of wor");

        await _lab.Runs.ChangeNotesAsync(run.Id, notes => notes with { Star = true }, TestContext.Current.CancellationToken);

        Assert.Contains("years of wor", File.ReadAllText(run.NotesPath + ".damaged"), StringComparison.Ordinal);
        Assert.True(_lab.Runs.Find(run.Id)!.IsStarred);
    }

    [Fact]
    public async Task Delete_ThenRestore_BringsTheRunBackWhole()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        using (var events = new RunEventWriter(run)) events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Completed });
        var before = _lab.Runs.Find(run.Id);

        await _lab.Runs.DeleteAsync(run.Id, TestContext.Current.CancellationToken);
        var gone = (_lab.Runs.Find(run.Id), _lab.Runs.List().Count, _lab.Runs.ListDeleted().Select(deleted => deleted.Name).ToList());
        await _lab.Runs.RestoreAsync(run.Id, TestContext.Current.CancellationToken);

        Assert.Equal((null, 0), (gone.Item1, gone.Item2));
        Assert.Equal([RunPresets.Quick.Spec.Name], gone.Item3);
        Assert.Equal(before, _lab.Runs.Find(run.Id));
        Assert.Empty(_lab.Runs.ListDeleted());
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _lab.Runs.RestoreAsync(run.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Erase_ADeletedRun_RemovesItsFiles()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        using (var events = new RunEventWriter(run)) events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Completed });
        await _lab.Runs.DeleteAsync(run.Id, TestContext.Current.CancellationToken);

        await _lab.Runs.EraseAsync(run.Id, TestContext.Current.CancellationToken);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Directory.TrashPath));
    }

    [Theory]
    [InlineData("../runs")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("20260101-000000-aaaa.deleted")]
    [InlineData("nothing")]
    public void Find_WhatIsNoRun_IsNull(string id)
    {
        Directory.CreateDirectory(Path.Combine(_temp.Directory.RunsPath, "20260101-000000-aaaa.deleted"));

        Assert.Null(_lab.Runs.Find(id));
        Assert.Null(_lab.Runs.OpenFeed(id));
        Assert.Throws<KeyNotFoundException>(() => _lab.Runs.GetSpec(id));
        Assert.Empty(_lab.Runs.List());
    }

    [Fact]
    public async Task Pause_QueuedRun_IsRefusedInWords()
    {
        var run = await _lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => _lab.Runs.PauseAsync(run.Id, TestContext.Current.CancellationToken));

        Assert.Contains("waits in the queue", refusal.Message, StringComparison.Ordinal);
    }
}

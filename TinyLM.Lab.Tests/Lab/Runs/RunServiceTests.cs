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
        File.WriteAllText(run.NotesPath, """{"star": true}""");
        var asked = File.ReadAllText(run.SpecPath);

        await _lab.Runs.RenameAsync(run.Id, "  Foxes \n", TestContext.Current.CancellationToken);

        Assert.Equal("Foxes", _lab.Runs.Find(run.Id)!.Name);
        Assert.Contains("\"star\": true", File.ReadAllText(run.NotesPath), StringComparison.Ordinal);
        Assert.Equal(asked, File.ReadAllText(run.SpecPath));
        await Assert.ThrowsAsync<ArgumentException>(() => _lab.Runs.RenameAsync(run.Id, " ", TestContext.Current.CancellationToken));
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

using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

public sealed class RunIndexTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void EndedRun_ListedAgain_ComesFromTheIndex()
    {
        var run = AddEndedRun();
        var first = List();
        FalsifyWithoutTrace(run);

        var second = List();

        Assert.Equal(first, second); // had the events been read again, the loss would be another
    }

    [Fact]
    public void EndedRun_WhoseFilesChanged_IsReadAgain()
    {
        var run = AddEndedRun();
        List();
        File.WriteAllText(run.NotesPath, """{"name": "Foxes"}""");
        using (var events = new RunEventWriter(run)) events.Append(TestRuns.Evaluation(7));

        var listed = Assert.Single(List());

        Assert.Equal("Foxes", listed.Name);
        Assert.Equal(TestRuns.Evaluation(7).Loss, listed.ValidationLoss);
    }

    [Fact]
    public void EndedRun_ChangedWhileTheLabServes_IsReadAgain()
    {
        var run = AddEndedRun();
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        lab.Runs.List();

        File.WriteAllText(run.NotesPath, """{"name": "Foxes"}""");

        Assert.Equal("Foxes", Assert.Single(lab.Runs.List()).Name);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("overwritten")]
    public void Index_DamagedOrDeleted_IsMadeAgainFromTheFolders(string damage)
    {
        AddEndedRun();
        var first = List();
        var file = _temp.Directory.DatabasePath;
        var content = File.ReadAllBytes(file);
        switch (damage)
        {
            case "deleted": File.Delete(file); break;
            case "garbage": File.WriteAllText(file, "this is no database"); break;
            case "empty": File.WriteAllBytes(file, []); break;
            case "cut": File.WriteAllBytes(file, content[..(content.Length / 2 + 100)]); break;
            case "overwritten":
                content.AsSpan(content.Length / 4).Fill(0xA5);
                File.WriteAllBytes(file, content);
                break;
        }

        var second = List();
        var third = List();

        Assert.Equal(first, second);
        Assert.Equal(first, third);
    }

    [Fact]
    public void Row_OfARunWhoseLossIsNoNumber_IsKept()
    {
        using var labLock = LabLock.Acquire(_temp.Directory);
        using var index = new RunIndex(_temp.Directory, labLock, TimeProvider.System, NullLogger<RunIndex>.Instance);
        var summary = TestRuns.Summary("20260101-000000-aaaa", RunStatus.Failed) with { TrainLoss = double.NaN, TimeLeft = TimeSpan.FromSeconds(1.5), EndedAt = TestRuns.Start };

        index.Put([(summary, new RunFingerprint("a"))]);

        Assert.Equal(summary, index.Find(summary.Id, new RunFingerprint("a")));
        Assert.Null(index.Find(summary.Id, new RunFingerprint("b")));
        index.Remove(summary.Id);
        Assert.Null(index.Find(summary.Id, new RunFingerprint("a")));
    }

    [Fact]
    public async Task Index_Deleted_LosesNothingThatAPersonMade()
    {
        _workers.HoldAt = 3;
        var ended = AddEndedRun();
        var token = TestContext.Current.CancellationToken;
        IReadOnlyList<RunSummary> before;
        IReadOnlyList<string> queue;
        using (var lab = new LabOfRuns(_temp.Directory, _workers))
        {
            await lab.Runs.ChangeNotesAsync(ended.Id, _ => new RunNotes { Name = "Foxes", Notes = "Look again.", Tags = RunTags.Parse("a, b"), Star = true, Archived = true, Color = 4 }, token);
            await lab.Queue.PauseAsync(isPaused: true, token);
            var specs = Enumerable.Range(0, 3).Select(index => LabOfRuns.Spec(name: $"Waiting {index}") with { Group = new GroupSpec { Id = "sweep-1", Name = "Rates", Settings = ["training.learningRate"] } });
            var waiting = await lab.Runs.StartAllAsync([.. specs], token);
            await lab.Queue.MoveAsync(waiting[2].Id, 0, token);
            (before, queue) = (lab.Runs.List(), [.. lab.Queue.State.Runs.Select(run => run.Id)]);
        }

        File.Delete(_temp.Directory.DatabasePath);
        using var after = new LabOfRuns(_temp.Directory, _workers);

        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(before, RunJson.Line), System.Text.Json.JsonSerializer.Serialize(after.Runs.List(), RunJson.Line));
        Assert.Equal(queue, after.Queue.State.Runs.Select(run => run.Id));
        Assert.True(after.Queue.State.IsPaused);
        Assert.Equal("Waiting 2", after.Queue.State.Runs[0].Name);
    }

    private IReadOnlyList<RunSummary> List()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        return lab.Runs.List();
    }

    private RunFolder AddEndedRun()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        using var events = new RunEventWriter(run);
        for (var step = 1; step <= 10; step++) events.Append(TestRuns.Step(step));
        events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Completed, Step = 10 });
        return run;
    }

    /// <summary>Changes the content of the events and not their length or time.</summary>
    private static void FalsifyWithoutTrace(RunFolder run)
    {
        var written = File.GetLastWriteTimeUtc(run.EventsPath);
        File.WriteAllText(run.EventsPath, File.ReadAllText(run.EventsPath).Replace("\"loss\":3", "\"loss\":8", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(run.EventsPath, written);
    }
}

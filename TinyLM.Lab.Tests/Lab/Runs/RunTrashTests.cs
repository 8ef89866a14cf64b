using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

public sealed class RunTrashTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly ManualClock _clock = new();
    private readonly RunTrash _trash;

    public RunTrashTests() => _trash = new RunTrash(_temp.Directory, _clock);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Take_TellsWhenAndForHowLong()
    {
        _trash.Take(RunStore.Read(_temp.AddRun("a", RunPresets.Quick.Spec with { Name = "Foxes" })));

        var deleted = Assert.Single(_trash.List());

        Assert.Equal(("a", "Foxes", TestRuns.Start, TestRuns.Start.AddDays(30)), (deleted.Id, deleted.Name, deleted.DeletedAt, deleted.GoneAt));
        Assert.True(deleted.DiskBytes > 0);
    }

    [Fact]
    public void RemoveOld_KeepsWhatCanStillBeTakenBack()
    {
        _trash.Take(RunStore.Read(_temp.AddRun("old")));
        _clock.Advance(RunTrash.Keeping);
        _trash.Take(RunStore.Read(_temp.AddRun("new")));
        _clock.Advance(TimeSpan.FromSeconds(1));

        _trash.RemoveOld();

        Assert.Equal(["new"], _trash.List().Select(run => run.Id));
    }

    [Fact]
    public void Restore_WhereARunOfThatIdStands_RefusesAndKeepsBoth()
    {
        _trash.Take(RunStore.Read(_temp.AddRun("a")));
        _temp.AddRun("a");

        Assert.Throws<IOException>(() => _trash.Restore("a"));

        Assert.Single(_trash.List());
    }

    [Fact]
    public void List_PassesOverWhatIsNoDeletedRun()
    {
        foreach (var name in (string[])["a", "a.b", "..20260101-000000", "a.20260101"]) Directory.CreateDirectory(Path.Combine(_temp.Directory.TrashPath, name));

        Assert.Empty(_trash.List());
    }
}

using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

public sealed class RunStoreTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly RunStore _store;

    public RunStoreTests() => _store = new RunStore(_temp.Directory, new ManualClock());

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Create_MakesAQueuedRunWhoseIdTellsTheTime()
    {
        var run = _store.Create(LabOfRuns.Spec(name: "../../Foxes"));

        Assert.StartsWith("20260314-092653-", run.Folder.Id, StringComparison.Ordinal);
        Assert.Equal(TestRuns.Start, run.CreatedAt);
        Assert.Equal(LabOfRuns.Spec(name: "../../Foxes").ToJson(), File.ReadAllText(run.Folder.SpecPath));
        var queued = Assert.IsType<StatusEvent>(Assert.Single(new RunEventReader(run.Folder).Read()));
        Assert.Equal((RunStatus.Queued, TestRuns.Start), (queued.Status, queued.Time));
        Assert.Equal([run.Folder.Path], Directory.EnumerateFileSystemEntries(_temp.Directory.RunsPath));
    }

    [Fact]
    public void Create_ManyInOneSecond_AllHaveIdsOfTheirOwn()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => _store.Create(LabOfRuns.Spec()).Folder.Id).ToHashSet();

        Assert.Equal(100, ids.Count);
        Assert.Equal(ids, [.. _store.List().Select(run => run.Id)]);
    }

    [Fact]
    public void CreateUnqueued_SaysNothingYet()
    {
        var run = _store.CreateUnqueued(LabOfRuns.Spec());

        Assert.False(File.Exists(run.Folder.EventsPath));
    }

    [Fact]
    public void List_PassesOverWhatIsNoRun()
    {
        var run = _store.Create(LabOfRuns.Spec());
        Directory.CreateDirectory(run.Folder.Path + ".new");
        Directory.CreateDirectory(run.Folder.Path + ".deleted");
        File.WriteAllText(Path.Combine(_temp.Directory.RunsPath, "readme"), "");

        Assert.Equal([run.Folder.Id], _store.List().Select(listed => listed.Id));
    }

    [Fact]
    public void Read_NotesThatAreDamaged_FallBackToTheName()
    {
        var run = _store.Create(LabOfRuns.Spec(name: "Foxes"));
        File.WriteAllText(run.Folder.NotesPath, "{");

        var read = RunStore.Read(run.Folder);

        Assert.Equal("Foxes", read.Name);
        Assert.Null(read.Problem);
    }

    [Fact]
    public void Notes_OfThePageOfFormats_AreRead()
    {
        var run = _store.Create(LabOfRuns.Spec());
        var page = File.ReadAllText(Path.Combine(Repository.Top, "docs", "formats.md"));
        File.WriteAllText(run.Folder.NotesPath, page.Split("```json notes.json\n")[1].Split("```")[0]);

        Assert.Equal("Foxes", RunStore.Read(run.Folder).Name);
    }
}

using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>The power fails: checkpoints and events that were acknowledged survive, in every state that <see cref="JournalFiles"/> allows.</summary>
public sealed class PowerCutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PowerCut_AtAnyCall_LosesNothingThatWasAcknowledged()
    {
        var (journal, events) = Journal(forgotten: null);
        var trials = TrustCounts.Of(150, 5_000);

        for (var trial = 0; trial < trials; trial++)
            AssertSurvives(journal, events, journal.Start + (trial < journal.Count - journal.Start ? trial : _random.Next(journal.Count - journal.Start + 1)), (Unflushed)(trial % 3));
        AssertSurvives(journal, events, journal.Count, Unflushed.Lost);
    }

    /// <summary>The check must fail on a writer that flushes no file, and on one that flushes no directory.</summary>
    [Theory]
    [InlineData((int)CallKind.FlushFile)]
    [InlineData((int)CallKind.FlushDirectory)]
    public void PowerCut_OfAWriterThatForgetsToFlush_IsFoundOut(int forgotten)
    {
        var (journal, events) = Journal((CallKind)forgotten);
        var found = 0;

        for (var trial = 0; trial < 40; trial++)
        {
            try
            {
                AssertSurvives(journal, events, _random.Next(journal.Count / 2, journal.Count + 1), (Unflushed)(trial % 3));
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or CheckpointException or IOException)
            {
                found++;
            }
        }

        Assert.True(found >= 10, $"Only {found} of 40 power cuts were seen to lose something.");
    }

    /// <summary>A run that a lab makes, and its place in the queue.</summary>
    [Fact]
    public void PowerCut_AfterARunWasMade_HasItWhole()
    {
        var lab = Directory.CreateDirectory(_folder["lab"]).FullName;
        var journal = new JournalFiles(lab);
        var directory = new TinyLM.Lab.Hosting.LabDirectory(Path.Combine(lab, "data"), journal);
        directory.Create();
        var store = new TinyLM.Lab.Runs.RunStore(directory, TimeProvider.System);
        var queue = new TinyLM.Lab.Runs.RunQueue(directory, Microsoft.Extensions.Logging.Abstractions.NullLogger<TinyLM.Lab.Runs.RunQueue>.Instance);
        for (var i = 0; i < 3; i++)
        {
            var run = store.Create(LabOfRuns.Spec(name: $"Run {i}"));
            journal.Acknowledge(run.Folder.Id);
            TinyLM.Lab.Runs.RunStore.ChangeNotes(run.Folder, notes => notes with { Notes = "kept" });
        }

        queue.Pause(true);

        for (var cut = journal.Start; cut <= journal.Count; cut++)
            foreach (var unflushed in Enum.GetValues<Unflushed>())
            {
                var state = _folder["state"];
                journal.Restore(cut, unflushed, _random, state);
                var left = new TinyLM.Lab.Hosting.LabDirectory(Path.Combine(state, "data"));
                var found = new TinyLM.Lab.Runs.RunStore(left, TimeProvider.System).List().ToDictionary(run => run.Id);
                foreach (var id in journal.Acknowledged(cut).Cast<string>()) Assert.Contains(id, found.Keys);
                foreach (var run in found.Values)
                {
                    var stored = TinyLM.Lab.Runs.RunStore.Read(run);
                    Assert.Null(stored.Problem ?? stored.Doubt);
                    Assert.StartsWith("Run ", stored.Name, StringComparison.Ordinal);
                    Assert.True(stored.Notes.Notes is null or "kept");
                    Assert.IsType<StatusEvent>(Assert.Single(new RunEventReader(run).Read()));
                }

                if (cut == journal.Count) Assert.True(new TinyLM.Lab.Runs.RunQueue(left, Microsoft.Extensions.Logging.Abstractions.NullLogger<TinyLM.Lab.Runs.RunQueue>.Instance).IsPaused);
                Directory.Delete(state, recursive: true);
            }
    }

    /// <summary>A whole run, recorded; its events are told by the length of the file.</summary>
    private (JournalFiles Journal, byte[] Events) Journal(CallKind? forgotten)
    {
        var path = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N"), "run"]).FullName;
        var journal = new JournalFiles(Path.GetDirectoryName(path)!) { Forgotten = forgotten };
        var run = new RunFolder(path, journal);
        new SavingRun(run) { Saved = step => journal.Acknowledge(step), Flushed = length => journal.Acknowledge(length) }.Go();
        return (journal, File.ReadAllBytes(run.EventsPath));
    }

    private void AssertSurvives(JournalFiles journal, byte[] events, int cut, Unflushed unflushed)
    {
        var state = _folder["state"];
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
        journal.Restore(cut, unflushed, _random, state);
        var run = new RunFolder(Path.Combine(state, "run"));
        var acknowledged = journal.Acknowledged(cut);
        var (step, length) = (acknowledged.OfType<int>().LastOrDefault(), acknowledged.OfType<long>().LastOrDefault());

        SavingRun.AssertWhole(run, step);
        var found = File.Exists(run.EventsPath) ? File.ReadAllBytes(run.EventsPath) : [];
        Assert.True(found.Length >= length && found.AsSpan(0, (int)length).SequenceEqual(events.AsSpan(0, (int)length)), $"{length} bytes of events were acknowledged.");
        Assert.True(new SavingRun(run).Go() >= step);
        SavingRun.AssertEnded(run);
    }
}

using System.Text;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>kill -9 at every point of saving: the run goes on from the newest checkpoint whose sums hold, and nothing is lost that was acknowledged.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>First each call of a whole run once, then calls at random, and kills of the one that goes on.</summary>
    [Fact]
    public void Worker_KilledAtAnyCall_LosesNothingThatWasAcknowledged()
    {
        var calls = CallsOf(new KilledFiles(int.MaxValue));
        var random = new Random(9);
        var trials = TrustCounts.Of(Math.Max(50, calls), 2_000);
        var kinds = new HashSet<CallKind>();

        for (var trial = 0; trial < trials; trial++)
        {
            var acknowledged = 0;
            var first = new KilledFiles(trial < calls ? trial : random.Next(calls));
            var path = NewRun();
            Assert.Throws<KilledException>(() => new SavingRun(new RunFolder(path, first)) { Saved = step => acknowledged = step }.Go());
            kinds.Add(first.DiedAt!.Kind);
            for (var again = random.Next(3); again > 0; again--)
            {
                var next = new KilledFiles(random.Next(calls));
                try
                {
                    new SavingRun(new RunFolder(path, next)) { Saved = step => acknowledged = Math.Max(step, acknowledged) }.Go();
                }
                catch (KilledException)
                {
                    kinds.Add(next.DiedAt!.Kind);
                }
            }

            var run = new RunFolder(path);
            var start = new SavingRun(run).Go();
            Assert.True(start >= acknowledged, $"Killed at {first.DiedAt}: step {acknowledged} was acknowledged and the run went on from step {start}.");
            SavingRun.AssertEnded(run);
            SavingRun.AssertTidy(run);
            Directory.Delete(path, recursive: true);
        }

        foreach (var kind in (CallKind[])[CallKind.Write, CallKind.MoveDirectory, CallKind.FlushFile, CallKind.FlushDirectory, CallKind.DeleteFile, CallKind.DeleteDirectory]) Assert.Contains(kind, kinds);
    }

    /// <summary>A checkpoint of the same step, written again: there is no moment in which none stands that would be gone on from.</summary>
    [Fact]
    public void Checkpoint_WrittenAgain_KilledAtAnyCall_IsTheOldOrTheNew()
    {
        for (var at = 0; ; at++)
        {
            var path = NewRun();
            new SavingRun(new RunFolder(path)).Go();
            var files = new KilledFiles(at);
            try
            {
                SavingRun.At(SavingRun.Steps, 0).Write(new RunFolder(path).CheckpointPath(SavingRun.Steps), tokenizerPath: null, endOfTextId: 0, files);
            }
            catch (KilledException)
            {
            }

            Assert.Equal(SavingRun.Steps, new SavingRun(new RunFolder(path)).Go());
            SavingRun.AssertWhole(new RunFolder(path), SavingRun.Steps);
            if (files.DiedAt is null) return;
        }
    }

    /// <summary>The check must fail on a writer that puts its files straight into place and a resumption that takes the newest by name.</summary>
    [Fact]
    public void NaiveWriter_KilledAtEachCall_IsFoundOut()
    {
        var found = 0;
        for (var at = 0; ; at++)
        {
            var path = NewRun();
            var files = new KilledFiles(at);
            try
            {
                new SavingRun(new RunFolder(path, files)) { Write = (checkpoint, place) => WriteNaively(files, checkpoint, place) }.Go();
            }
            catch (KilledException)
            {
            }

            var newest = CheckpointStore.ListSteps(new RunFolder(path)) is [.., var last] ? last : 0;
            if (newest > 0 && Throws(() => Checkpoint.Read(new RunFolder(path).CheckpointPath(newest)))) found++;
            if (files.DiedAt is null) break;
        }

        Assert.True(found > 10, $"Only {found} kills left a checkpoint that cannot be read.");
    }

    /// <summary>The check must fail on a writer that removes the old checkpoint before the new one is whole.</summary>
    [Fact]
    public void NaiveReplacement_KilledAtEachCall_IsFoundOut()
    {
        var lost = 0;
        for (var at = 0; ; at++)
        {
            var path = NewRun();
            new SavingRun(new RunFolder(path)).Go();
            var files = new KilledFiles(at);
            try
            {
                var place = new RunFolder(path).CheckpointPath(SavingRun.Steps);
                files.DeleteDirectory(place);
                WriteNaively(files, SavingRun.At(SavingRun.Steps, 0), place);
            }
            catch (KilledException)
            {
            }

            if (Throws(() => SavingRun.AssertWhole(new RunFolder(path), SavingRun.Steps))) lost++;
            if (files.DiedAt is null) break;
        }

        Assert.True(lost > 10, $"Only {lost} kills lost the checkpoint.");
    }

    /// <summary>A new run appears whole or not at all, and the queue keeps its order.</summary>
    [Fact]
    public void Lab_KilledWhileItMakesARun_HasAWholeOneOrNone()
    {
        for (var at = 0; ; at++)
        {
            var files = new KilledFiles(at);
            using var temp = new TempLab(files);
            var store = new TinyLM.Lab.Runs.RunStore(temp.Directory, TimeProvider.System);
            string? made = null;
            try
            {
                made = store.Create(LabOfRuns.Spec()).Folder.Id;
            }
            catch (KilledException)
            {
            }

            var runs = new TinyLM.Lab.Runs.RunStore(new TinyLM.Lab.Hosting.LabDirectory(temp.Directory.Path), TimeProvider.System).List().ToList();
            if (made is not null) Assert.Equal([made], runs.Select(run => run.Id));
            foreach (var run in runs)
            {
                Assert.Null(TinyLM.Lab.Runs.RunStore.Read(run) is var stored ? stored.Problem ?? stored.Doubt : null);
                Assert.Equal(RunStatus.Queued, Assert.IsType<StatusEvent>(Assert.Single(new RunEventReader(run).Read())).Status);
            }

            if (files.DiedAt is null) return;
        }
    }

    private int CallsOf(KilledFiles files)
    {
        new SavingRun(new RunFolder(NewRun(), files)).Go();
        return files.Count;
    }

    private string NewRun() => Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;

    private static void WriteNaively(KilledFiles files, Checkpoint checkpoint, string place)
    {
        files.CreateDirectory(place);
        Text(CheckpointStore.ConfigName, ConfigFile.ToJson(checkpoint.Weights.Config, 0));
        Write(CheckpointStore.StateFile, stream => System.Text.Json.JsonSerializer.Serialize(stream, checkpoint.State, RunJson.Indented));
        Write(CheckpointStore.WeightsFile, stream => HuggingFaceWeights.Write(stream, checkpoint.Weights));
        Write(CheckpointStore.OptimizerFile, stream => SafetensorsWriter.Write(stream, [.. checkpoint.Optimizer.Select(entry => (entry.Key, entry.Value))], new Dictionary<string, string>()));
        Text("SHA256SUMS", CheckpointManifest.SumsOf(place));

        void Text(string name, string text) => Write(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        void Write(string name, Action<Stream> write) => DurableFile.WriteUnflushed(files, Path.Combine(place, name), write);
    }

    private static bool Throws(Action check)
    {
        try
        {
            check();
            return false;
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or CheckpointException or IOException)
        {
            return true;
        }
    }
}

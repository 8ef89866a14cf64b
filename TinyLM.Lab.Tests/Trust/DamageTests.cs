using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Flipped bits and cut files: the run is marked and says what is wrong, every other run shows, the index is made again, and no wrong weight is ever given out.</summary>
public sealed class DamageTests : IDisposable
{
    private const int RunCount = 3;
    private const int LastStep = 40;

    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();
    private readonly Random _random = new(21);
    private readonly List<RunFolder> _runs;

    public DamageTests()
    {
        _runs = [.. Enumerable.Range(0, RunCount).Select(AddRun)];
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        Assert.Equal(RunCount, lab.Runs.List().Count); // the index has them
    }

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Events_Damaged_AreMarked()
    {
        var run = _runs[0];
        var sound = File.ReadAllBytes(run.EventsPath);
        var all = WorkerComparison.EventsOf(run).Select(Written).ToHashSet();
        for (var trial = 0; trial < TrustCounts.Of(200, 2_000); trial++)
        {
            var isFlip = Damage(run.EventsPath, sound, trial);

            var update = FeedOf(run).Read(default);

            Assert.All(EventsOf(run), one => Assert.Contains(Written(one), all)); // nothing but what was written is ever shown
            var isMarked = update.Summary.Alert == AlertKind.Damaged && update.Warnings.Any(warning => warning.Message.StartsWith("events.jsonl is damaged", StringComparison.Ordinal));
            if (isFlip) Assert.True(isMarked || EventsOf(run).Count == all.Count, $"Flip {trial} was not noticed.");
            else Assert.True(isMarked || update.Summary.Status != RunStatus.Completed || EventsOf(run).Count == all.Count, $"Cut {trial} was not noticed."); // an unended run is gone on with
            if (trial % 20 == 0) AssertOthersShow(run);
        }

        static string Written(RunEvent one) => System.Text.Json.JsonSerializer.Serialize(one, RunJson.Line);
    }

    [Fact]
    public void Spec_Damaged_IsMarked()
    {
        var run = _runs[0];
        var sound = File.ReadAllBytes(run.SpecPath);
        for (var trial = 0; trial < TrustCounts.Of(100, 1_000); trial++)
        {
            Damage(run.SpecPath, sound, trial);

            var stored = RunStore.Read(run);

            Assert.NotNull(stored.Problem ?? stored.Doubt);
            Assert.Contains("run.json", stored.Problem ?? stored.Doubt, StringComparison.Ordinal);
            Assert.True(FeedOf(run).Summary is { IsDamaged: true, Reason: not null } or { Alert: AlertKind.Damaged });
            if (trial % 20 == 0) AssertOthersShow(run);
        }
    }

    [Fact]
    public void Checkpoint_Damaged_IsNeverGivenOut()
    {
        var run = _runs[0];
        var folder = run.CheckpointPath(LastStep);
        var expected = CheckpointStore.ReadWeights(folder).Tensors;
        foreach (var path in Directory.GetFiles(folder))
        {
            var sound = File.ReadAllBytes(path);
            if (sound.Length == 0) continue;
            for (var trial = 0; trial < TrustCounts.Of(20, 200); trial++)
            {
                Damage(path, sound, trial);

                var newest = CheckpointStore.NewestGood(run);

                if (newest == LastStep) // a letter of a sum may be the same letter in the other case
                    Assert.All(CheckpointStore.ReadWeights(folder).Tensors, tensor => Assert.True(tensor.Value.Values.Span.SequenceEqual(expected[tensor.Key].Values.Span)));
                else
                    Assert.Equal((LastStep - 1, true), (newest, Problem(folder).Contains(Path.GetFileName(path), StringComparison.Ordinal) || path.EndsWith("SHA256SUMS", StringComparison.Ordinal)));
            }

            File.WriteAllBytes(path, sound);
        }

        Assert.Equal(LastStep, CheckpointStore.NewestGood(run));

        static string Problem(string folder) => Assert.Throws<CheckpointException>(() => CheckpointStore.Verify(folder)).Message;
    }

    [Fact]
    public void Index_Damaged_IsMadeAgain()
    {
        var expected = List();
        var sound = File.ReadAllBytes(_temp.Directory.DatabasePath);
        for (var trial = 0; trial < TrustCounts.Of(100, 1_000); trial++)
        {
            Damage(_temp.Directory.DatabasePath, sound, trial);

            Assert.Equal(expected, List());
        }
    }

    /// <summary>The checks must fail where nothing is summed up: a flipped digit is another loss, and a flipped byte another weight, and nobody says so.</summary>
    [Fact]
    public void Damage_WithoutSums_IsNotNoticed()
    {
        var run = _runs[0];
        var unsummed = System.Text.Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(run.EventsPath), ",\"crc\":\"[0-9a-f]{8}\"", ""));
        var silent = 0;
        for (var trial = 0; trial < 200; trial += 2)
        {
            Damage(run.EventsPath, unsummed, trial);
            if (EventsOf(run).Count == unsummed.Count(one => one == '\n') && FeedOf(run).Read(default).Warnings.Count == 0) silent++;
        }

        Assert.True(silent > 10, $"Only {silent} flips went unnoticed.");
        var weights = Path.Combine(run.CheckpointPath(LastStep), "model.safetensors");
        var sound = CheckpointStore.ReadWeights(run.CheckpointPath(LastStep)).Tensors.Values.Last().Values.ToArray();
        TestCheckpoint.Damage(run.CheckpointPath(LastStep));
        Assert.NotEqual(sound, CheckpointStore.ReadWeights(run.CheckpointPath(LastStep)).Tensors.Values.Last().Values.ToArray());
        Assert.True(File.Exists(weights));
    }

    private RunFolder AddRun(int number)
    {
        var run = new RunStore(_temp.Directory, TimeProvider.System).Create(LabOfRuns.Spec(LastStep, $"Run {number}")).Folder;
        foreach (var step in (int[])[LastStep - 1, LastStep]) TestCheckpoint.Write(run, step, seed: step);
        using var events = new RunEventWriter(run);
        events.Append(TestRuns.Environment());
        events.Append(TestRuns.Dataset());
        for (var step = 1; step <= LastStep; step++) events.Append(TestRuns.Step(step));
        events.Append(TestRuns.Evaluation(LastStep));
        events.Append(TestRuns.Sample(LastStep, "The fox ran home."));
        events.Append(TestRuns.Checkpoint(LastStep));
        events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Completed, Step = LastStep });
        return run;
    }

    /// <summary>Flips a bit in even trials, and cuts in odd ones.</summary>
    private bool Damage(string path, byte[] sound, int trial)
    {
        var damaged = sound.ToArray();
        if (trial % 2 == 0) damaged[_random.Next(sound.Length)] ^= (byte)(1 << _random.Next(8));
        else damaged = sound[.._random.Next(sound.Length)];
        File.WriteAllBytes(path, damaged);
        return trial % 2 == 0;
    }

    private void AssertOthersShow(RunFolder damaged)
    {
        var listed = List();
        Assert.Equal(RunCount, listed.Count);
        Assert.All(listed.Where(run => run.Id != damaged.Id), run => Assert.Equal((RunStatus.Completed, LastStep, null), (run.Status, run.Step, run.Alert)));
    }

    private IReadOnlyList<RunSummary> List()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        return lab.Runs.List();
    }

    private static RunFeed FeedOf(RunFolder run) => new(RunStore.Read(run), TimeProvider.System);

    private static List<RunEvent> EventsOf(RunFolder run)
    {
        var reader = new RunEventReader(run);
        var all = new List<RunEvent>();
        while (reader.Read() is { Count: > 0 } events) all.AddRange(events);
        return all;
    }
}

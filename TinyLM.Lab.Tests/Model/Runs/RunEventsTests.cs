using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Runs;

/// <summary><see cref="RunEventWriter"/> and <see cref="RunEventReader"/> against each other and against crashes.</summary>
public sealed class RunEventsTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly RunFolder _run;

    public RunEventsTests() => _run = _temp.AddRun("20260101-000000-aaaa");

    public void Dispose() => _temp.Dispose();

    public static TheoryData<RunEvent> EachEvent =>
    [
        new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Failed, Step = 7, Reason = "It \"broke\"\nin two." },
        new ProgressEvent { Time = TestRuns.Start, Stage = "Cutting", Fraction = 0.25 },
        TestRuns.Dataset(isUpperBound: true),
        TestRuns.Step(3),
        TestRuns.Step(4, loss: double.NaN),
        TestRuns.Step(5, loss: double.PositiveInfinity),
        TestRuns.Step(6) with
        {
            FlopsUtilization = 0.31, Times = new StepTimes(1e-4f, 0.01f, 0.02f, 0.003f), UpdateRatio = 1.1e-3,
            Hardware = new HardwareReading { Processors = 1.9, MemoryBytes = 1L << 33, Gpu = new GpuReading(0.5, 1 << 30, null, 118.52) },
        },
        TestRuns.Evaluation(100),
        TestRuns.Sample(100, "Ein Füchslein \ud83e\udd8a\u2028 und\0Ende", prompt: "\\u"),
        TestRuns.Checkpoint(250),
        TestRuns.Warning("Careful."),
    ];

    [Theory]
    [MemberData(nameof(EachEvent), DisableDiscoveryEnumeration = true)]
    public void Event_WrittenAndRead_IsTheSame(RunEvent happened)
    {
        using var writer = new RunEventWriter(_run);

        writer.Append(happened);

        Assert.Equal(happened, Assert.Single(new RunEventReader(_run).Read()));
    }

    [Fact]
    public void EnvironmentEvent_WrittenAndRead_IsTheSame() // its versions are a dictionary, which records compare by reference
    {
        using var writer = new RunEventWriter(_run);
        var happened = TestRuns.Environment();

        writer.Append(happened);

        var read = Assert.IsType<EnvironmentEvent>(Assert.Single(new RunEventReader(_run).Read()));
        Assert.Equal(happened.Versions, read.Versions);
        Assert.Equal(happened, read with { Versions = happened.Versions });
    }

    [Fact]
    public void EachEvent_MissesNoType()
    {
        var known = typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(type => type.DerivedType);

        Assert.Equal(known.ToHashSet(), [.. EachEvent.Select(row => row.Data.GetType()), typeof(EnvironmentEvent)]);
    }

    [Fact]
    public void Writer_OpenedOnATornLine_CutsItOff()
    {
        using (var writer = new RunEventWriter(_run)) writer.Append(TestRuns.Step(1));
        AppendRaw("{\"type\":\"step\",\"step\":2,\"lo");

        using (var writer = new RunEventWriter(_run)) writer.Append(TestRuns.Step(2));

        Assert.Equal([TestRuns.Step(1), TestRuns.Step(2)], new RunEventReader(_run).Read());
    }

    [Fact]
    public void Writer_OpenedOnNothingButALongTornLine_EmptiesTheFile()
    {
        AppendRaw(new string('x', 200_000));

        using (var writer = new RunEventWriter(_run)) Assert.Equal(0, writer.Position);

        Assert.Equal(0, new FileInfo(_run.EventsPath).Length);
    }

    [Fact]
    public void Writer_TruncatedBeyondItsEnd_Refuses()
    {
        using var writer = new RunEventWriter(_run);

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Truncate(1));
    }

    [Fact]
    public void Reader_TornLine_WaitsForItsEnd()
    {
        using (var writer = new RunEventWriter(_run)) writer.Append(TestRuns.Step(1));
        var line = File.ReadAllText(_run.EventsPath);
        var reader = new RunEventReader(_run);
        reader.Read();

        AppendRaw(line[..20]);
        var torn = reader.Read().Count;
        AppendRaw(line[20..]);

        Assert.Equal(0, torn);
        Assert.Equal([TestRuns.Step(1)], reader.Read());
        Assert.Equal(0, reader.Generation);
    }

    [Fact]
    public void Reader_LinesThatAreNoEvents_ArePassedOverAndCounted()
    {
        AppendRaw("nonsense\n{\"type\":\"from the future\",\"time\":\"2026-03-14T09:26:53+00:00\"}\n{}\nnull\n\n{\"type\":\"warning\"}\n");
        using (var writer = new RunEventWriter(_run)) writer.Append(TestRuns.Step(1));

        var reader = new RunEventReader(_run);

        Assert.Equal([TestRuns.Step(1)], reader.Read());
        Assert.Equal(4, reader.UnreadableLines);
    }

    [Fact]
    public void Reader_NoFile_ReadsNothing() => Assert.Empty(new RunEventReader(_run).Read());

    [Fact]
    public void Reader_FileRemovedAndMadeAnew_StartsOver()
    {
        using (var writer = new RunEventWriter(_run)) writer.Append(TestRuns.Step(1));
        var reader = new RunEventReader(_run);
        reader.Read();

        File.Delete(_run.EventsPath);
        Assert.Empty(reader.Read());
        using (var writer = new RunEventWriter(_run)) writer.Append(TestRuns.Step(2));

        Assert.Equal([TestRuns.Step(2)], reader.Read());
        Assert.Equal(1, reader.Generation);
    }

    [Fact]
    public void Reader_MoreThanABlock_ReadsAllInPieces()
    {
        var text = new string('x', 100_000);
        using (var writer = new RunEventWriter(_run))
        {
            for (var step = 1; step <= 100; step++) writer.Append(TestRuns.Sample(step, text));
            writer.Append(TestRuns.Sample(101, new string('y', 10_000_000)));
        }

        var reader = new RunEventReader(_run);
        var steps = new List<int>();
        var pieces = 0;
        while (reader.Read() is { Count: > 0 } events)
        {
            steps.AddRange(events.Cast<SampleEvent>().Select(sample => sample.Step));
            pieces++;
        }

        Assert.Equal(Enumerable.Range(1, 101), steps);
        Assert.InRange(pieces, 3, 20);
    }

    /// <summary>Whatever writers did between two reads, a reader knows what stands in whole lines, and starts over only when something was taken back.</summary>
    [Property(MaxTest = 200)]
    public Property Reader_AfterAnyHistory_KnowsWhatStands() => Prop.ForAll(Histories(), history =>
    {
        if (File.Exists(_run.EventsPath)) File.Delete(_run.EventsPath);
        var reader = new RunEventReader(_run);
        var (known, generation, serial) = (new List<RunEvent>(), 0, 0);
        var standing = new List<RunEvent>();
        var takenBack = 0;

        foreach (var (kept, appended, torn) in history)
        {
            using (var writer = new RunEventWriter(_run))
            {
                if (kept < standing.Count)
                {
                    writer.Truncate(File.ReadAllBytes(_run.EventsPath).Index().Where(at => at.Item == (byte)'\n').Select(at => (long)at.Index + 1).Prepend(0).ElementAt(kept));
                    standing.RemoveRange(kept, standing.Count - kept);
                    takenBack++;
                }

                for (var i = 0; i < appended; i++)
                {
                    var happened = TestRuns.Step(++serial);
                    writer.Append(happened);
                    standing.Add(happened);
                }
            }

            AppendRaw("{\"type\":\"step\""[..torn]);
            while (reader.Read() is { Count: > 0 } events)
            {
                if (reader.Generation != generation) known.Clear();
                generation = reader.Generation;
                known.AddRange(events);
            }

            if (reader.Generation != generation) known.Clear();
            generation = reader.Generation;
            Assert.Equal(standing, known);
            Assert.True(generation <= takenBack, "The reader started over though nothing was taken back.");
        }
    });

    /// <summary>Rounds of: lines kept, lines appended, bytes of a torn line left behind.</summary>
    private static Arbitrary<List<(int Kept, int Appended, int Torn)>> Histories() =>
        (from rounds in Gen.ListOf(
            from keep in Gen.Frequency((3, Gen.Constant(int.MaxValue)), (1, Gen.Choose(0, 12)))
            from appended in Gen.Choose(0, 6)
            from torn in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 14)))
            select (keep, appended, torn))
         select rounds.ToList()).ToArbitrary();

    private void AppendRaw(string text) => File.AppendAllText(_run.EventsPath, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}

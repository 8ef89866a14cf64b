using TinyLM.Lab.Runs.Export;
using TinyLM.Lab.Runs.Logs;

namespace TinyLM.Lab.Tests.Lab.Runs.Logs;

/// <summary><see cref="TensorBoardDirectory"/> over files that another program wrote, and over such that are still written or damaged.</summary>
public sealed class TensorBoardDirectoryTests : IDisposable
{
    /// <summary>
    /// Written by a program that shares nothing with the lab, after record_writer.cc and event.proto: version; steps 1 to 3 with
    /// <c>loss</c> as a simple value and <c>train/acc</c> as TensorFlow 2 writes scalars, in a tensor; a start at step 3; its loss
    /// again, in a tensor's content.
    /// </summary>
    internal const string ForeignFile =
        "GAAAAAAAAACjf0siCQAAAED8VNlBGg1icmFpbi5FdmVudDoy7O2PnUAAAAAAAAAAKBf0lQkAAEBA/FTZQRABKjMKCwoEbG9zcxUAAIBACiQKCXRyYWluL2FjY0oLCgkKB3NjYWxhcnNCCggBEgAqBAAAAD7n4PtH"
        + "QAAAAAAAAAAoF/SVCQAAgED8VNlBEAIqMwoLCgRsb3NzFQAAAEAKJAoJdHJhaW4vYWNjSgsKCQoHc2NhbGFyc0IKCAESACoEAACAPmO9kE1AAAAAAAAAACgX9JUJAADAQPxU2UEQAyozCgsKBGxvc3MVq6qqPwok"
        + "Cgl0cmFpbi9hY2NKCwoJCgdzY2FsYXJzQgoIARIAKgQAAMA+inZBuA8AAAAAAAAAbVMrCQkAAIBC/FTZQRADOgIIAUVLAU0uAAAAAAAAAMXLV/oJAADAQvxU2UEQAyohCh8KBGxvc3NKCwoJCgdzY2FsYXJzQgoI"
        + "ARIAIgQAAAA/erfDwA==";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FileOfAnotherProgram_HasItsScalarsAndTakesBackWhatTheStartTookBack()
    {
        Put("", Convert.FromBase64String(ForeignFile));
        var directory = Open();

        directory.Read();

        var run = Assert.Single(directory.Runs);
        Assert.Equal((".", null, 1_700_000_000.0), (run.Name, run.Problem, run.Start));
        Assert.Equal(["loss", "train/acc"], run.Tags);
        Assert.Equal([new LogPoint(1, 1_700_000_001, 4), new LogPoint(2, 1_700_000_002, 2), new LogPoint(3, 1_700_000_011, 0.5f)], run.Points("loss"));
        Assert.Equal([new LogPoint(1, 1_700_000_001, 0.125f), new LogPoint(2, 1_700_000_002, 0.25f)], run.Points("train/acc"));
    }

    [Fact]
    public void Read_AFileThatIsWritten_TakesWholeRecordsOnlyAndGoesOn()
    {
        var all = Convert.FromBase64String(ForeignFile);
        Put("a", all[..150]); // within the second step's record
        var directory = Open();
        directory.Read();
        var first = directory.Runs[0].Points("loss").Count;
        Put("a", all);
        Put("b/inner", all);

        directory.Read();

        Assert.Equal(1, first);
        Assert.Equal(["a", Path.Combine("b", "inner")], directory.Runs.Select(run => run.Name));
        Assert.All(directory.Runs, run => Assert.Equal(3, run.Points("loss").Count));
    }

    [Fact]
    public void Read_ADamagedRecord_SaysWhereAndKeepsWhatStandsBefore()
    {
        var bytes = Convert.FromBase64String(ForeignFile);
        bytes[220] ^= 0x40; // in the third step's record
        Put("", bytes);
        var directory = Open();

        directory.Read();
        directory.Read();

        var run = Assert.Single(directory.Runs);
        Assert.Contains("The record at byte 200 is damaged", run.Problem, StringComparison.Ordinal);
        Assert.Equal([1L, 2], run.Points("loss").Select(point => point.Step));
    }

    [Fact]
    public void Read_FilesOfOneRun_AreOneCurveInTheOrderOfTheirNames()
    {
        for (var file = 2; file >= 1; file--)
        {
            using var stream = File.Create(_folder[$"events.out.tfevents.{file}.host"]);
            for (var step = 1; step <= 2; step++) TensorBoardFile.Write(stream, new TensorBoardEvent(file, 2 * file + step, null, [("loss", file)]));
        }
        var directory = Open();

        directory.Read();

        Assert.Equal([3L, 4, 5, 6], Assert.Single(directory.Runs).Points("loss").Select(point => point.Step));
    }

    [Theory]
    [InlineData("missing", "There is no directory")]
    [InlineData("", "has no TensorBoard event files")]
    public void Open_WhatIsNoLogDirectory_SaysWhatIsExpected(string name, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => TensorBoardDirectory.Open(_folder[name])).Message, StringComparison.Ordinal);

    private TensorBoardDirectory Open() => TensorBoardDirectory.Open(_folder.Path);

    private void Put(string run, byte[] bytes)
    {
        Directory.CreateDirectory(_folder[run]);
        File.WriteAllBytes(Path.Combine(_folder[run], "events.out.tfevents.1700000000.host"), bytes);
    }
}

using System.Globalization;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Export;

/// <summary>Writes a run's curves as TensorBoard event files while it goes on.</summary>
/// <remarks>
/// Each worker writes a file of its own, whole from the first step on, behind the mark of a new start: a TensorBoard that looks on
/// forgets what the earlier worker wrote, whose file goes.
/// </remarks>
/// <param name="run">The run.</param>
/// <param name="clock">Tells when to look again.</param>
internal sealed class TensorBoardMirror(RunFolder run, TimeProvider clock)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly RunEventReader _reader = new(run);
    private int _generation = -1;
    private string? _path;

    /// <summary>Writes along until the run has ended, and then what is left.</summary>
    /// <param name="ended">Cancelled when nothing comes any more.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task FollowAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended)) CatchUp();
        }
        catch (OperationCanceledException)
        {
            CatchUp();
        }
    }

    /// <summary>Writes what is new.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void CatchUp()
    {
        while (_reader.Read() is { Count: > 0 } events)
        {
            using var file = Open(events[0]);
            foreach (var happened in events)
                if (TensorBoardExport.ToScalars(happened) is { } scalars) TensorBoardFile.Write(file, scalars);
            file.Flush();
        }
    }

    /// <summary>Opens the file to append; begins another where the run took events back.</summary>
    private BufferedStream Open(RunEvent first)
    {
        var isNew = _path is null || _generation != _reader.Generation;
        if (isNew)
        {
            _generation = _reader.Generation;
            Directory.CreateDirectory(run.TensorBoardPath);
            var earlier = Directory.GetFiles(run.TensorBoardPath, "events.out.tfevents.*");
            _path = Path.Combine(run.TensorBoardPath, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{clock.GetUtcNow().ToUnixTimeMilliseconds()}.{run.Id}.{earlier.Length}"));
            foreach (var file in earlier) File.Delete(file);
        }

        var stream = new BufferedStream(new FileStream(_path!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        if (!isNew) return stream;
        TensorBoardFile.Write(stream, new TensorBoardEvent(TensorBoardExport.Seconds(first), 0, TensorBoardFile.Version, []));
        TensorBoardFile.Write(stream, new TensorBoardEvent(TensorBoardExport.Seconds(first), 0, null, [], IsStart: true));
        return stream;
    }
}

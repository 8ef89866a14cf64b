using System.Text;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>Writes worker.log. What the disk does not take is lost: for want of a log no run ends, above all not where the disk is full.</summary>
/// <param name="log">The file, or the error output that was turned into it.</param>
internal sealed class WorkerLogWriter(TextWriter log) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => log.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => log.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => log.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => log.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => log.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(log.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is nowhere left to say it; the run's events tell that the disk is full.
        }
    }
}

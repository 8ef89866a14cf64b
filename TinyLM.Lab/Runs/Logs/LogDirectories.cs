namespace TinyLM.Lab.Runs.Logs;

/// <summary>The directories of this machine.</summary>
internal sealed class LogDirectories : ILogDirectories
{
    /// <inheritdoc/>
    public TensorBoardDirectory Open(string path) => TensorBoardDirectory.Open(path);
}

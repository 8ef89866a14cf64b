namespace TinyLM.Lab.Runs;

/// <summary>Asks a worker process what this machine can train on.</summary>
internal interface IDeviceProbe
{
    /// <summary>Runs <c>train --devices</c> to its end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the process was ended.</exception>
    Task<DeviceAnswer> AskAsync(CancellationToken cancellationToken);
}

/// <summary>What a worker process answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote on its output stream: a device report as JSON.</param>
/// <param name="Error">What it wrote on its error stream.</param>
internal sealed record DeviceAnswer(int ExitCode, string Output, string Error);

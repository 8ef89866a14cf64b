using System.Text.Json;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A worker that answers as a test says.</summary>
internal sealed class FakeDeviceProbe : IDeviceProbe
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it answers.</summary>
    public DeviceAnswer Answer { get; set; } = new(0, JsonSerializer.Serialize(FakeDeviceCatalog.Processor, RunJson.Line), "");

    /// <summary>Thrown in place of an answer, if set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Never answers, if set.</summary>
    public bool Hangs { get; set; }

    /// <summary>Done once it was asked.</summary>
    public Task Asked => _asked.Task;

    /// <inheritdoc/>
    public async Task<DeviceAnswer> AskAsync(CancellationToken cancellationToken)
    {
        _asked.TrySetResult();
        if (Hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
        return Failure is null ? Answer : throw Failure;
    }
}

namespace TinyLM.Lab.Hosting;

/// <summary>Helps background work to begin at the right moment.</summary>
internal static class HostLifetimeExtensions
{
    /// <summary>Waits until the lab listens, so that a lab that cannot (a port in use) has begun nothing.</summary>
    /// <exception cref="OperationCanceledException">The lab leaves instead.</exception>
    public static Task WaitForStartAsync(this IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        return started.Task.WaitAsync(stoppingToken);
    }
}

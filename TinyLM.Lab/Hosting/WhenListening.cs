namespace TinyLM.Lab.Hosting;

/// <summary>Background work that begins when the lab listens: a lab that cannot (a port in use) has then started nothing.</summary>
/// <typeparam name="TWork">A registered service; not registered as a hosted one.</typeparam>
/// <param name="work">The work.</param>
/// <param name="lifetime">Says when the lab listens.</param>
internal sealed class WhenListening<TWork>(TWork work, IHostApplicationLifetime lifetime) : BackgroundService
    where TWork : IHostedService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.WaitForStartAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return; // it never listened
        }

        await work.StartAsync(stoppingToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await work.StopAsync(cancellationToken);
    }
}

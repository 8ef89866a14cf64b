using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TinyLM.Lab.Hosting;

/// <summary>Healthy while the data directory can be written: without it nothing that happens is kept.</summary>
internal sealed class DataDirectoryCheck(LabDirectory directory) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var path = Path.Combine(directory.Path, $"health-{Guid.NewGuid():N}");
        try
        {
            await using (new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) { }
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return HealthCheckResult.Unhealthy("The data directory cannot be written.", e);
        }
    }
}

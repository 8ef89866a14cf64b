namespace TinyLM.Lab.Inspection;

/// <summary>Lets so many computations run at the same time, on the pool, so that training keeps its share of the machine.</summary>
/// <param name="count">How many.</param>
internal sealed class ComputeSlots(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    /// <summary>Computes something when its turn comes. Long work takes several turns, so that short questions pass between.</summary>
    /// <param name="work">What to compute.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}

using Microsoft.AspNetCore.Components.Server.Circuits;

namespace TinyLM.Lab.Components.Circuits;

/// <summary>
/// Whether this circuit's browser is connected. A JavaScript call that is in flight when the connection drops never
/// returns, so live components call with <see cref="Connection"/> and pause while <see cref="IsUp"/> is false.
/// </summary>
/// <param name="audience">Counts this browser while it is connected.</param>
public sealed class CircuitLink(Audience audience) : CircuitHandler, IDisposable
{
    private CancellationTokenSource _connection = new();

    /// <summary>Whether the browser is connected.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Cancelled when the present connection drops.</summary>
    public CancellationToken Connection => _connection.Token;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The lab is full; nothing of the circuit is drawn.</exception>
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        IsUp = audience.TryEnter();
        return IsUp ? Task.CompletedTask : throw new InvalidOperationException($"The lab is full: {audience.Most} pages are open.");
    }

    /// <inheritdoc/>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Connect();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken) => DisconnectAsync();

    internal void Connect()
    {
        _connection.Dispose();
        _connection = new CancellationTokenSource();
        if (!IsUp) audience.Enter();
        IsUp = true;
    }

    internal Task DisconnectAsync()
    {
        if (IsUp) audience.Leave();
        IsUp = false;
        return _connection.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsUp) audience.Leave();
        IsUp = false;
        _connection.Dispose();
    }
}

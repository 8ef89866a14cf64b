using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace TinyLM.Lab.Components.Circuits;

/// <summary>
/// A component that looks on a timer for what is new. It holds still while the browser is away, is told when the browser
/// is back, and stops when the circuit goes. Each refresh is awaited before the next: a slow browser gets fewer, larger ones.
/// </summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _disposal = new();
    private Task _pump = Task.CompletedTask;

    [Inject] private CircuitLink Link { get; set; } = null!;

    [Inject] private TimeProvider Time { get; set; } = null!;

    /// <summary>Who is connected.</summary>
    [Inject] protected Audience Audience { get; private set; } = null!;

    /// <summary>Time between two refreshes.</summary>
    protected abstract TimeSpan RefreshInterval { get; }

    /// <summary>Takes in what is new and shows it.</summary>
    /// <param name="cancellationToken">Cancelled when the connection drops or the component goes; every JavaScript call takes it.</param>
    protected abstract Task RefreshAsync(CancellationToken cancellationToken);

    /// <summary>The browser is back, or a refresh was cut off: what was sent last may not have arrived.</summary>
    protected virtual void OnReconnected()
    {
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _pump = PumpAsync();
    }

    private async Task PumpAsync()
    {
        using var timer = new PeriodicTimer(RefreshInterval, Time);
        try
        {
            for (var wasUp = true; await timer.WaitForNextTickAsync(_disposal.Token); wasUp = Link.IsUp)
            {
                timer.Period = RefreshInterval; // which may follow the number of browsers
                if (!Link.IsUp) continue;
                if (!wasUp) OnReconnected();
                await RefreshWhileConnectedAsync();
            }
        }
        catch (Exception e) when (IsCutOff(e) && _disposal.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private async Task RefreshWhileConnectedAsync()
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_disposal.Token, Link.Connection);
        try
        {
            await RefreshAsync(both.Token);
        }
        catch (Exception e) when (IsCutOff(e) && !_disposal.IsCancellationRequested)
        {
            OnReconnected();
        }
    }

    private static bool IsCutOff(Exception e) => e is OperationCanceledException or JSDisconnectedException;

    /// <summary>Stops the timer and waits for a refresh under way.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await _disposal.CancelAsync();
        await _pump;
        _disposal.Dispose();
        GC.SuppressFinalize(this);
    }
}

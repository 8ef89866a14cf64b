using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Components.Layout;

/// <summary>What this machine trains on, always in sight.</summary>
public sealed partial class DeviceChip : IDisposable
{
    private readonly CancellationTokenSource _disposal = new();
    private DeviceReport? _report;

    [Inject] private IDeviceCatalog Devices { get; set; } = null!;

    private string Label => _report switch
    {
        null => "Looking…",
        { Devices: [var first, ..] } => ShortName(first.Id),
        _ => "No device",
    };

    private string Description => _report switch
    {
        null => "Looking for devices to train on",
        { Devices: [var first, ..] } => $"Trains on {first.Name}",
        _ => "Training is not possible on this machine; open to see why",
    };

    /// <summary>Shows what is known, and the rest when the worker has answered.</summary>
    protected override async Task OnInitializedAsync()
    {
        _report = Devices.Current;
        if (_report is not null) return;
        try
        {
            _report = await Devices.GetAsync(_disposal.Token);
        }
        catch (OperationCanceledException) when (_disposal.IsCancellationRequested)
        {
            // The page was left before the worker answered.
        }
    }

    private static string ShortName(string id) => id.Split(':')[0].ToUpperInvariant();

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }
}

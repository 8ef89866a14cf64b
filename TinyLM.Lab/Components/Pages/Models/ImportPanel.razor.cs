using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Library;
using TinyLM.Lab.Security;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Components.Pages.Models;

/// <summary>Takes a model in, from a path or as uploaded files, and tells how it went.</summary>
public sealed partial class ImportPanel : LiveComponent, IProgress<long>
{
    private const int MostFiles = 200;

    private CancellationTokenSource? _cancellation;
    private string _path = "";
    private string _tokenizerPath = "";
    private string? _outcome;
    private bool _isGood;
    private bool _isBusy;
    private long _uploadBytes;
    private long _bytesRead;

    /// <summary>Told when the library has grown.</summary>
    [Parameter] public EventCallback OnImported { get; set; }

    [Inject] private IModelLibrary Library { get; set; } = null!;

    [Inject] private LabLimits Limits { get; set; } = null!;

    [Inject] private ILogger<ImportPanel> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Notes how far the library has read; called on any thread.</summary>
    void IProgress<long>.Report(long value) => Interlocked.Exchange(ref _bytesRead, value);

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_isBusy) StateHasChanged();
        return Task.CompletedTask;
    }

    private Task ImportPathAsync() => string.IsNullOrWhiteSpace(_path)
        ? Task.CompletedTask
        : TakeInAsync(0, ct => Library.ImportAsync(_path.Trim(), string.IsNullOrWhiteSpace(_tokenizerPath) ? null : _tokenizerPath.Trim(), ct));

    private Task UploadAsync(InputFileChangeEventArgs chosen)
    {
        var files = chosen.GetMultipleFiles(MostFiles);
        var uploads = files.Select(file => new UploadedFile(file.Name, ct => file.OpenReadStream(maxAllowedSize: Limits.LargestUpload, ct))).ToList();
        return TakeInAsync(files.Sum(file => file.Size), ct => Library.ImportAsync(uploads, this, ct));
    }

    private async Task TakeInAsync(long bytes, Func<CancellationToken, Task<ImportedModelInfo>> import)
    {
        using var cancellation = _cancellation = new CancellationTokenSource();
        (_isBusy, _outcome, _uploadBytes, _bytesRead) = (true, null, bytes, 0);
        StateHasChanged();
        try
        {
            Limits.CheckUpload(bytes);
            var model = await import(cancellation.Token);
            (_isGood, _outcome) = (true, $"“{model.Name}” is in the lab: {Display.Family(model.Model.Family)}, {Display.Compact(model.ParameterCount)} parameters.");
            (_path, _tokenizerPath) = ("", "");
            await OnImported.InvokeAsync();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            (_isGood, _outcome) = (false, "Cancelled; nothing was kept.");
        }
        catch (Exception e) when (e is CheckpointException or LimitReachedException)
        {
            (_isGood, _outcome) = (false, e.Message);
        }
        catch (Exception e)
        {
            Logger.LogError(e, "A model could not be taken in.");
            (_isGood, _outcome) = (false, $"The model could not be taken in, and nothing of it was kept: {e.Message}");
        }
        finally
        {
            (_isBusy, _cancellation) = (false, null);
        }
    }

    private async Task CancelAsync()
    {
        if (_cancellation is not null) await _cancellation.CancelAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CancelAsync();
        await base.DisposeAsync();
    }
}

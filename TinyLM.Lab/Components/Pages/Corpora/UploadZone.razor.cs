using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Lab.Security;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Components.Pages.Corpora;

/// <summary>Takes files into the library, one after the other, as a stream: what arrives is checked and kept without ever being whole in memory.</summary>
public sealed partial class UploadZone : LiveComponent, IProgress<long>
{
    private readonly List<Outcome> _outcomes = [];
    private CancellationTokenSource? _cancellation;
    private IBrowserFile? _upload;
    private long _bytesRead;
    private long _startedAt;

    /// <summary>Told when the library has grown.</summary>
    [Parameter] public EventCallback OnAdded { get; set; }

    [Inject] private ICorpusLibrary Library { get; set; } = null!;

    [Inject] private LabLimits Limits { get; set; } = null!;

    [Inject] private TimeProvider Clock { get; set; } = null!;

    [Inject] private ILogger<UploadZone> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Notes how far the library has read; called on any thread.</summary>
    void IProgress<long>.Report(long value) => Interlocked.Exchange(ref _bytesRead, value);

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_upload is not null) StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task AddAsync(InputFileChangeEventArgs chosen)
    {
        _outcomes.Clear();
        using var cancellation = _cancellation = new CancellationTokenSource();
        foreach (var file in chosen.GetMultipleFiles(maximumFileCount: 100))
        {
            if (!cancellation.IsCancellationRequested) await AddAsync(file, cancellation.Token);
        }

        (_upload, _cancellation) = (null, null);
    }

    private async Task AddAsync(IBrowserFile file, CancellationToken cancellationToken)
    {
        (_upload, _bytesRead, _startedAt) = (file, 0, Clock.GetTimestamp());
        StateHasChanged();
        try
        {
            Limits.CheckUpload(file.Size);
            await using var content = file.OpenReadStream(maxAllowedSize: Limits.LargestUpload, cancellationToken);
            var corpus = await Library.AddAsync(file.Name, content, this, cancellationToken);
            _outcomes.Add(new Outcome(true, $"“{corpus.Name}” is in the library: {Display.Count(corpus.DocumentCount)} {(corpus.DocumentCount == 1 ? "document" : "documents")}, {Display.Bytes(corpus.ByteCount)}."));
            await OnAdded.InvokeAsync();
        }
        catch (Exception e) when (e is CorpusFormatException or LimitReachedException)
        {
            _outcomes.Add(new Outcome(false, $"“{file.Name}” was not added. {e.Message}"));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _outcomes.Add(new Outcome(false, $"“{file.Name}” was cancelled; nothing of it was kept."));
        }
        catch (Exception e)
        {
            Logger.LogError(e, "The upload of a corpus failed after {BytesRead} bytes.", Interlocked.Read(ref _bytesRead));
            _outcomes.Add(new Outcome(false, $"“{file.Name}” could not be read to its end, so nothing of it was kept: {e.Message}"));
        }
    }

    private async Task CancelAsync()
    {
        if (_cancellation is not null) await _cancellation.CancelAsync();
    }

    private string Speed(long read)
    {
        var seconds = Clock.GetElapsedTime(_startedAt).TotalSeconds;
        return seconds > 0.5 ? $", {Display.Bytes((long)(read / seconds))}/s" : "";
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CancelAsync();
        await base.DisposeAsync();
    }
}

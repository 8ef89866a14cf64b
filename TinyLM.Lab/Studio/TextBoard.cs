using TinyLM.Lab.Models;
using TinyLM.Lab.Security;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Studio;

/// <summary>Many texts that are written at once and looked at together. Thread-safe.</summary>
/// <param name="models">Writes.</param>
/// <param name="logger">Told what goes wrong within.</param>
public sealed class TextBoard(IModelHost models, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private ComparedText[] _texts = [];
    private CancellationTokenSource? _stop;
    private int _version;

    /// <summary>Grows with every change.</summary>
    public int Version
    {
        get { lock (_lock) return _version; }
    }

    /// <summary>The texts as they stand, in the order in which they were asked for.</summary>
    public IReadOnlyList<ComparedText> Texts
    {
        get { lock (_lock) return [.. _texts]; }
    }

    /// <summary>Whether any is being written.</summary>
    public bool IsWriting
    {
        get { lock (_lock) return _texts.Any(text => text.IsWriting); }
    }

    /// <summary>Begins to write, in place of whatever was being written.</summary>
    public void Start(IReadOnlyList<(ModelReference Model, TextRequest Request)> requests)
    {
        CancellationToken stop;
        lock (_lock)
        {
            _stop?.Cancel();
            _stop = new CancellationTokenSource();
            stop = _stop.Token;
            _texts = [.. requests.Select(_ => new ComparedText([], null, IsWriting: true))];
            _version++;
        }

        foreach (var (index, (model, request)) in requests.Index()) _ = Task.Run(() => WriteAsync(index, model, request, stop), CancellationToken.None);
    }

    /// <summary>Ends the writing; what was written stays.</summary>
    public void Stop()
    {
        lock (_lock) _stop?.Cancel();
    }

    private async Task WriteAsync(int index, ModelReference model, TextRequest request, CancellationToken stop)
    {
        string? problem = null;
        try
        {
            await foreach (var piece in models.GenerateAsync(model, request, stop))
                Change(index, text => text with { Tokens = [.. text.Tokens, StudioToken.Of(piece)] }, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A person stopped it, or began anew.
        }
        catch (Exception e) when (e is ModelUnavailableException or ContextLengthException or ArgumentException or LimitReachedException)
        {
            problem = e.Message;
        }
        catch (Exception e)
        {
            logger.LogError(e, "Writing in the studio with {Model} failed.", model);
            problem = $"The model could not go on: {e.Message} The lab's log tells more.";
        }

        Change(index, text => text with { IsWriting = false, Problem = problem }, stop);
    }

    private void Change(int index, Func<ComparedText, ComparedText> change, CancellationToken stop)
    {
        lock (_lock)
        {
            if (_stop?.Token != stop) return; // the board belongs to a newer start
            _texts[index] = change(_texts[index]);
            _version++;
        }
    }

    /// <summary>Ends the writing when nobody looks any more.</summary>
    public void Dispose() => Stop();
}

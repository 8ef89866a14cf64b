using System.Threading.Channels;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Models;

/// <summary>Writes all texts that are asked of one model together: whoever comes joins at the next token, whoever is done leaves.</summary>
/// <remarks>
/// Each pass through the layers takes one token of every text that is being written, and pieces of the prompts of those that
/// begin; so a long prompt holds nobody up for longer than a pass. A text is the same alone and among others
/// (<see cref="SessionBatch"/>). A reader that does not keep up holds back its own text and no other.
/// </remarks>
internal sealed class TextBatcher
{
    /// <summary>Texts in one batch; further ones wait for a place. Half of the rows, so that prompts get on beside them.</summary>
    private const int MostTexts = SessionBatch.MostRows / 2;

    private readonly Channel<TextInProgress> _arrivals = Channel.CreateUnbounded<TextInProgress>();
    private readonly List<TextInProgress> _texts = [];
    private readonly Lock _lock = new();
    private readonly LoadedModel _model;
    private readonly SemaphoreSlim _passes;
    private readonly Lazy<SessionBatch> _batch;
    private int _asked; // texts that have not ended
    private bool _isRunning;

    /// <param name="model">The writer.</param>
    /// <param name="passes">Held for each pass; shared by all models, so that they leave processors to training.</param>
    public TextBatcher(LoadedModel model, SemaphoreSlim passes)
    {
        (_model, _passes) = (model, passes);
        _batch = new Lazy<SessionBatch>(model.Model.CreateBatch);
    }

    /// <summary>Writes a text into a channel, together with whatever else is being written.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the end.</exception>
    /// <inheritdoc cref="TextGeneration.Write"/>
    public async Task WriteAsync(TextRequest request, ChannelWriter<GeneratedPiece> pieces, CancellationToken cancellationToken)
    {
        var text = new TextInProgress(_model, request, pieces, cancellationToken);
        lock (_lock)
        {
            _asked++;
            _arrivals.Writer.TryWrite(text);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        await text.Ended;
    }

    private async Task RunAsync()
    {
        while (await SettleAsync())
        {
            await _passes.WaitAsync();
            try
            {
                Pass();
            }
            catch (Exception e)
            {
                foreach (var text in _texts) text.End(e); // each is told; none knows whose fault it was
            }
            finally
            {
                _passes.Release();
            }
        }
    }

    /// <summary>Takes in who came, lets go who is done, and waits until some text can go on.</summary>
    /// <returns>False when no text is left.</returns>
    private async Task<bool> SettleAsync()
    {
        while (true)
        {
            foreach (var text in _texts)
            {
                text.Send();
                if (text.CancellationToken.IsCancellationRequested) text.End(new OperationCanceledException(text.CancellationToken));
            }

            lock (_lock)
            {
                _asked -= _texts.RemoveAll(text => text.Ended.IsCompleted);
                while (_texts.Count < MostTexts && _arrivals.Reader.TryRead(out var text)) _texts.Add(text);
                if (_asked == 0) return _isRunning = false;
            }

            if (_texts.Any(text => text.IsReady && !text.CancellationToken.IsCancellationRequested)) return true;
            if (_texts.Any(text => text.Ended.IsCompleted || text.CancellationToken.IsCancellationRequested)) continue;
            using var settled = new CancellationTokenSource();
            var events = _texts.ConvertAll(text => text.WaitForReaderAsync());
            if (_texts.Count < MostTexts) events.Add(_arrivals.Reader.WaitToReadAsync(settled.Token).AsTask()); // with no place, whoever comes changes nothing
            await Task.WhenAny(events);
            await settled.CancelAsync();
        }
    }

    /// <summary>One token of each text that is being written, then as much of the prompts as fits.</summary>
    private void Pass()
    {
        var parts = new List<BatchPart>();
        var taking = new List<TextInProgress>();
        var room = SessionBatch.MostRows;
        foreach (var text in _texts.Where(text => text.IsReady && !text.CancellationToken.IsCancellationRequested).OrderBy(text => text.UnreadCount))
        {
            if (room == 0) break;
            var part = text.Take(room);
            parts.Add(part);
            taking.Add(text);
            room -= part.Tokens.Length;
        }

        _batch.Value.Read(parts);
        foreach (var text in taking)
        {
            try
            {
                text.GoOn();
            }
            catch (ArgumentException e)
            {
                text.End(e); // logits that are no numbers
            }
        }
    }
}

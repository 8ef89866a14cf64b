using System.Threading.Channels;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Models;

/// <summary>One text among those that a model writes together, and the reader who waits for its pieces.</summary>
internal sealed class TextInProgress
{
    private readonly TokenWriter _writer;
    private readonly PieceDecoder _decoder;
    private readonly ChannelWriter<GeneratedPiece> _reader;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GeneratedPiece? _unsent;
    private int _taken;

    /// <param name="model">The writer.</param>
    /// <param name="request">What to write.</param>
    /// <param name="reader">Gets the pieces; while it is full, the text waits.</param>
    /// <param name="cancellationToken">Ends the text before its next token.</param>
    public TextInProgress(LoadedModel model, TextRequest request, ChannelWriter<GeneratedPiece> reader, CancellationToken cancellationToken)
    {
        _writer = new TokenWriter(model.Model, TextGeneration.InTokens(model, request));
        _decoder = new PieceDecoder(model.Tokenizer, request.Written, request.Stop);
        (_reader, CancellationToken) = (reader, cancellationToken);
        if (_writer.FinishReason is not null) _ended.SetResult();
    }

    /// <summary>Cancelled when nobody wants the text any more.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Completed when the text has ended and its last piece was taken; fails where it could not go on.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Tokens to read before the next choice.</summary>
    public int UnreadCount => _writer.Unread.Length;

    /// <summary>Whether the text can go on: it has not ended, and the reader took the last piece.</summary>
    public bool IsReady => !Ended.IsCompleted && _unsent is null;

    /// <summary>Completes when the reader has room again.</summary>
    public Task WaitForReaderAsync() => _reader.WaitToWriteAsync(CancellationToken).AsTask();

    /// <summary>The next tokens that the session reads.</summary>
    public BatchPart Take(int most)
    {
        _taken = Math.Min(most, UnreadCount);
        return new BatchPart(_writer.Session, _writer.Unread[.._taken].ToArray(), WantsLogits: _taken == UnreadCount);
    }

    /// <summary>The tokens that were taken are read: chooses the next one where they were the last.</summary>
    public void GoOn()
    {
        _writer.Advance(_taken);
        if (UnreadCount > 0) return;
        _unsent = _decoder.Decode(_writer.Choose(_writer.Session.Logits));
        Send();
    }

    /// <summary>Offers the last piece to the reader once more.</summary>
    public void Send()
    {
        if (_unsent is not { } piece || !_reader.TryWrite(piece)) return;
        _unsent = null;
        if (piece.FinishReason is not null) _ended.TrySetResult();
    }

    /// <summary>Ends the text by an error, or because nobody wants it.</summary>
    public void End(Exception reason) => _ended.TrySetException(reason);
}

using System.Runtime.InteropServices;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Generation;

/// <summary>One text that is being written: what its session must read next, and the choice of each token.</summary>
/// <remarks>
/// Whoever drives it has the session read <see cref="Unread"/> and hands the logits to <see cref="Choose"/>, alone or together with
/// other texts; the text becomes the same. When the context is full, the window slides as <see cref="ContextPolicy"/> tells.
/// For one thread at a time.
/// </remarks>
public sealed class TokenWriter
{
    private readonly List<int> _text; // what the window may still show: prompt and written tokens
    private readonly Sampler _sampler;
    private readonly GenerationRequest _request;
    private readonly int _contextLength;
    private int _windowStart; // index in _text
    private int _writtenCount;
    private int _unread;

    /// <param name="model">The writer.</param>
    /// <param name="request">What to write.</param>
    /// <exception cref="ArgumentException">The settings break a rule, or an id is outside of the model's vocabulary.</exception>
    /// <exception cref="ContextLengthException">The prompt does not fit, and the window may not slide.</exception>
    public TokenWriter(LanguageModel model, GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        _sampler = new Sampler(request.Settings);
        _request = request;
        _contextLength = model.Config.ContextLength;
        CheckIds(model.Config.VocabularySize);
        int[] prompt = request.Prompt.Count > 0 ? [.. request.Prompt]
            : request.EndOfTextId is { } endOfText ? [endOfText]
            : throw new ArgumentException("The prompt is empty, and no token stands before a text; give at least one token.", nameof(request));
        if (request.Settings.Context == ContextPolicy.Refuse && prompt.Length > _contextLength)
            throw new ContextLengthException(prompt.Length, _contextLength);

        _sampler.History.Read(prompt.Where(id => id != request.EndOfTextId)); // that it stands before the document is no reason not to end it
        _sampler.Resume(request.Written);
        _text = [.. prompt];
        _windowStart = Math.Max(0, prompt.Length - _contextLength);
        foreach (var id in request.Written) Append(id);
        Session = model.CreateSession();
        _unread = _text.Count - _windowStart;
        FinishReason = _writtenCount >= request.Settings.MaxTokens ? Generation.FinishReason.Length : IsFull ? Generation.FinishReason.ContextFull : null;
    }

    /// <summary>What the text has so far.</summary>
    public TokenHistory History => _sampler.History;

    /// <summary>What it has read.</summary>
    public InferenceSession Session { get; }

    /// <summary>The tokens that the session has to read before the next choice: the prompt at first, then one; a part of the text where the window slid.</summary>
    public ReadOnlySpan<int> Unread => CollectionsMarshal.AsSpan(_text)[^_unread..];

    /// <summary>Tokens that the window shows: the first of them stands at position 0 of the context.</summary>
    public int WindowLength => _text.Count - _windowStart;

    /// <summary>Why the text has ended; null while it goes on.</summary>
    public FinishReason? FinishReason { get; private set; }

    private bool IsFull => _request.Settings.Context == ContextPolicy.Refuse && _text.Count - _windowStart > _contextLength;

    /// <summary>Notes that the session read the first of <see cref="Unread"/>, where a long prompt is read piece by piece.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _unread);
        _unread -= count;
    }

    /// <summary>Chooses the next token from the logits after all that was to be read.</summary>
    /// <exception cref="ArgumentException">The logits are no numbers.</exception>
    public GeneratedToken Choose(ReadOnlySpan<float> logits)
    {
        if (FinishReason is not null) throw new InvalidOperationException("The text has ended.");
        var token = _sampler.Sample(logits, _request.Constraint?.Allowed, _request.Alternatives);
        Append(token.Id);
        _unread = 1;
        FinishReason = token.Id == _request.EndOfTextId ? Generation.FinishReason.EndOfText
            : _writtenCount >= _request.Settings.MaxTokens ? Generation.FinishReason.Length
            : IsFull ? Generation.FinishReason.ContextFull
            : null;
        if (FinishReason is null)
        {
            _request.Constraint?.Accept(token.Id);
            if (_text.Count - _windowStart <= Session.Position) Restart();
        }

        return token with { FinishReason = FinishReason };
    }

    /// <summary>Takes a token into the text, and slides the window where it does not fit any more.</summary>
    private void Append(int id)
    {
        _text.Add(id);
        _writtenCount++;
        if (_request.Settings.Context == ContextPolicy.Slide && _text.Count - _windowStart > _contextLength)
            _windowStart = _text.Count - Math.Max(1, _contextLength / 2);
    }

    /// <summary>The window slid: what it shows is read again from position 0.</summary>
    private void Restart()
    {
        Session.Rewind(0);
        _unread = _text.Count - _windowStart;
    }

    private void CheckIds(int vocabularySize)
    {
        foreach (var id in _request.Prompt.Concat(_request.Written).Concat(_request.EndOfTextId is { } endOfText ? [endOfText] : []))
            if ((uint)id >= (uint)vocabularySize)
                throw new ArgumentException(
                    $"There is no token {id}; the model's vocabulary is 0 to {vocabularySize - 1}. Is this its tokenizer?",
                    id == _request.EndOfTextId ? nameof(GenerationRequest.EndOfTextId) : nameof(GenerationRequest.Prompt));
    }
}

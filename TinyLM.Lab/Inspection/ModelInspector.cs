using TinyLM.Lab.Models;
using TinyLM.Model.Generation;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>Reads prompts with the models of the host; the last readings stay at hand, so that a film through training is computed once.</summary>
/// <param name="models">Lends models.</param>
/// <param name="texts">Gives texts to measure on.</param>
/// <param name="options">What models may take of the machine.</param>
internal sealed class ModelInspector(IModelHost models, SampleTexts texts, ModelHostOptions options) : IModelInspector, IDisposable
{
    /// <summary>Numbers that all kept readings hold together, at most: 256 MB.</summary>
    private const long MostKept = 64_000_000;

    /// <summary>Texts, and tokens of each, that heads are measured on: enough that the figures are steady to a percent or two.</summary>
    private const int SampleCount = 12, SampleLength = 96;

    private const int MostMeasured = 64;

    private readonly SemaphoreSlim _slots = new(options.ConcurrentPasses);
    private readonly Lock _lock = new();
    private readonly List<((string Version, string Prompt) Key, PromptReading Reading)> _kept = []; // the last used ones last
    private readonly List<(string Version, IReadOnlyList<HeadFigures> Figures)> _measured = [];

    /// <inheritdoc/>
    public async Task<PromptReading> ReadAsync(ModelReference model, string prompt, IReadOnlyList<Intervention>? interventions = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var loan = await models.BorrowAsync(model, cancellationToken);
        var isPlain = interventions is null or [];
        if (isPlain && Find((loan.Version, prompt)) is { } known) return known;

        var (tokens, count) = InTokens(loan, prompt);
        await _slots.WaitAsync(cancellationToken);
        try
        {
            var trace = await Task.Run(() => ForwardTrace.Run(loan.Model, tokens, interventions, cancellationToken), cancellationToken);
            var reading = new PromptReading(trace, loan, Notice(prompt, count, tokens.Length - 1), _slots);
            if (isPlain) Keep((loan.Version, prompt), reading);
            return reading;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<string> WriteAsync(ModelReference model, string prompt, int count, IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var loan = await models.BorrowAsync(model, cancellationToken);
        var (tokens, _) = InTokens(loan, prompt);
        var room = Math.Min(count, loan.Model.Config.ContextLength - tokens.Length + 1); // the last token is written without being read
        var settings = new SamplingSettings { Temperature = 0, MaxTokens = Math.Max(1, room) };
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(Write, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }

        string Write()
        {
            var endOfText = loan.Tokenizer.EndOfTextId;
            var written = TokenGenerator.Generate(loan.Model.With(interventions), tokens, settings, endOfText, cancellationToken);
            return loan.Tokenizer.Decode(written.Select(token => token.Id).TakeWhile(id => id != endOfText));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HeadFigures>> MeasureHeadsAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        using var loan = await models.BorrowAsync(model, cancellationToken);
        lock (_lock)
        {
            if (_measured.Find(one => one.Version == loan.Version).Figures is { } known) return known;
        }

        await _slots.WaitAsync(cancellationToken);
        try
        {
            var figures = await Task.Run(
                () => HeadSurvey.Measure(loan.Model, texts.Read(model, loan.Tokenizer, SampleCount, Math.Min(SampleLength, loan.Model.Config.ContextLength)), cancellationToken), cancellationToken);
            lock (_lock)
            {
                _measured.Add((loan.Version, figures));
                if (_measured.Count > MostMeasured) _measured.RemoveAt(0);
            }

            return figures;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<TokenLosses> MeasureLossesAsync(ModelReference model, IReadOnlyList<int> tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        using var loan = await models.BorrowAsync(model, cancellationToken);
        int[] read = [.. tokens.Take(loan.Model.Config.ContextLength + 1)]; // the last is guessed without being read
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(Measure, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }

        TokenLosses Measure()
        {
            const int Block = 64; // logits of a large vocabulary take room
            var session = loan.Model.CreateSession();
            var figures = new List<TokenFigures>(read.Length - 1);
            for (var first = 0; first < read.Length - 1; first += Block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = read.AsSpan(first, Math.Min(Block, read.Length - 1 - first));
                var logits = session.AppendAll(part);
                var vocabulary = logits.Length / part.Length;
                for (var i = 0; i < part.Length; i++) figures.Add(Predictions.Of(logits.AsSpan(i * vocabulary, vocabulary), read[first + i + 1]));
            }
            return new TokenLosses(loan.Step, [.. read.Select(id => new PromptToken(id, TokenText.Of(loan.Tokenizer, id)))], figures);
        }
    }

    /// <summary>The token that begins a document and the prompt's, as many as fit; and how many the prompt has.</summary>
    private static (int[] Tokens, int Count) InTokens(ModelLoan loan, string prompt)
    {
        var ids = loan.Tokenizer.Encode(prompt);
        return ([loan.Tokenizer.EndOfTextId, .. ids.Take(loan.Model.Config.ContextLength - 1)], ids.Count);
    }

    private static string? Notice(string prompt, int count, int most) => prompt switch
    {
        "" => "The prompt is empty, so the model reads only the token that begins a document. Type something to see more.",
        _ when count > most => $"The prompt has {count} tokens. The model reads {most} after the token that begins a document, so the last {count - most} are left out.",
        _ when prompt.EnumerateRunes().Any(rune => rune.Value == 0xFFFD) => "The prompt holds bytes that are no text; the model reads the character � in their place.",
        _ => null,
    };

    private PromptReading? Find((string, string) key)
    {
        lock (_lock)
        {
            var index = _kept.FindIndex(one => one.Key == key);
            if (index < 0) return null;
            var found = _kept[index];
            _kept.RemoveAt(index);
            _kept.Add(found);
            return found.Reading;
        }
    }

    private void Keep((string, string) key, PromptReading reading)
    {
        lock (_lock)
        {
            _kept.Add((key, reading));
            while (_kept.Count > 1 && _kept.Sum(one => one.Reading.KeptNumbers) > MostKept) _kept.RemoveAt(0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();
}

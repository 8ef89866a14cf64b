using TinyLM.Lab.Models;
using TinyLM.Lab.Security;
using TinyLM.Model.Generation;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>Reads prompts with the models of the host; the last readings stay at hand, so that a film through training is computed once.</summary>
/// <param name="models">Lends models.</param>
/// <param name="texts">Gives texts to measure on.</param>
/// <param name="options">What models may take of the machine.</param>
internal sealed class ModelInspector([FromKeyedServices(Guarding.Inside)] IModelHost models, SampleTexts texts, ModelHostOptions options) : IModelInspector, IDisposable
{
    /// <summary>Numbers that all kept readings hold together, at most: 256 MB.</summary>
    private const long MostKept = 64_000_000;

    /// <summary>Texts, and tokens of each, that heads are measured on: enough that the figures are steady to a percent or two.</summary>
    private const int SampleCount = 12, SampleLength = 96;

    /// <summary>Texts of random tokens that are read twice.</summary>
    private const int RepeatCount = 2;

    /// <summary>Checkpoints whose measures are kept: as many as a film goes through.</summary>
    private const int MostMeasured = 64;

    private readonly ComputeSlots _slots = new(options.ConcurrentPasses);
    private readonly Lock _lock = new();
    private readonly List<((string Version, string Prompt) Key, PromptReading Reading)> _kept = []; // the last used ones last
    private readonly RecentResults<(string Version, SampleText Text), IReadOnlyList<HeadFigures>> _figures = new(MostMeasured);
    private readonly RecentResults<string, ActivationMeans> _means = new(MostMeasured);

    /// <inheritdoc/>
    public async Task<PromptReading> ReadAsync(ModelReference model, string prompt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var loan = await models.BorrowAsync(model, cancellationToken);
        if (Find((loan.Version, prompt)) is { } known) return known;

        var (tokens, count) = InTokens(loan, prompt);
        var trace = await _slots.RunAsync(() => ForwardTrace.Run(loan.Model, tokens, cancellationToken: cancellationToken), cancellationToken);
        var reading = new PromptReading(trace, loan, Notice(prompt, count, tokens.Length - 1), _slots);
        Keep((loan.Version, prompt), reading);
        return reading;
    }

    /// <inheritdoc/>
    public async Task<string> WriteAsync(ModelReference model, string prompt, int count, IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var loan = await models.BorrowAsync(model, cancellationToken);
        var (tokens, _) = InTokens(loan, prompt);
        var room = Math.Min(count, loan.Model.Config.ContextLength - tokens.Length + 1); // the last token is written without being read
        var settings = new SamplingSettings { Temperature = 0, MaxTokens = Math.Max(1, room) };
        return await _slots.RunAsync(Write, cancellationToken);

        string Write()
        {
            var endOfText = loan.Tokenizer.EndOfTextId;
            var written = TokenGenerator.Generate(loan.Model.With(interventions), tokens, settings, endOfText, cancellationToken);
            return loan.Tokenizer.Decode(written.Select(token => token.Id).TakeWhile(id => id != endOfText));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HeadFigures>> MeasureHeadsAsync(ModelReference model, SampleText text, CancellationToken cancellationToken = default)
    {
        using var loan = await models.BorrowAsync(model, cancellationToken);
        if (_figures.TryGet((loan.Version, text), out var known)) return known;

        var survey = new HeadSurvey(loan.Model);
        await ForEachSampleAsync(model, loan, text, sample => survey.Read(sample, cancellationToken), cancellationToken);
        for (var i = 0; i < RepeatCount; i++) await _slots.RunAsync(() => Done(() => survey.ReadRepeats(cancellationToken)), cancellationToken);
        var figures = survey.Figures();
        _figures.Add((loan.Version, text), figures);
        return figures;
    }

    /// <inheritdoc/>
    public async Task<ActivationMeans> MeasureMeansAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        using var loan = await models.BorrowAsync(model, cancellationToken);
        if (_means.TryGet(loan.Version, out var known)) return known;

        var means = new ActivationMeans(loan.Model);
        await ForEachSampleAsync(model, loan, SampleText.Learned, means.Add, cancellationToken);
        _means.Add(loan.Version, means);
        return means;
    }

    /// <summary>Takes each text in a turn of its own, so that other questions pass between.</summary>
    private async Task ForEachSampleAsync(ModelReference model, ModelLoan loan, SampleText text, Action<IReadOnlyList<int>> take, CancellationToken cancellationToken)
    {
        var length = Math.Min(SampleLength, loan.Model.Config.ContextLength);
        var samples = await Task.Run(() => texts.Read(model, loan.Tokenizer, text, SampleCount, length, cancellationToken), cancellationToken);
        foreach (var sample in samples) await _slots.RunAsync(() => Done(() => take(sample)), cancellationToken);
    }

    private static bool Done(Action work)
    {
        work();
        return true;
    }

    /// <inheritdoc/>
    public async Task<TokenLosses> MeasureLossesAsync(ModelReference model, IReadOnlyList<int> tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        using var loan = await models.BorrowAsync(model, cancellationToken);
        int[] read = [.. tokens.Take(loan.Model.Config.ContextLength + 1)]; // the last is guessed without being read
        return await _slots.RunAsync(Measure, cancellationToken);

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

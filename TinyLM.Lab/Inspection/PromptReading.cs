using TinyLM.Lab.Models;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inspection;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>One prompt, read by one checkpoint, with all that happened within at hand.</summary>
public sealed class PromptReading
{
    private readonly ForwardTrace _trace;
    private readonly SemaphoreSlim _slots;
    private readonly Lock _lock = new();

    /// <param name="trace">What happened.</param>
    /// <param name="loan">Who read.</param>
    /// <param name="notice">What a person should know of the prompt.</param>
    /// <param name="slots">How many readings compute at the same time.</param>
    internal PromptReading(ForwardTrace trace, ModelLoan loan, string? notice, SemaphoreSlim slots)
    {
        (_trace, _slots, Notice) = (trace, slots, notice);
        (Tokenizer, Version, Step) = (loan.Tokenizer, loan.Version, loan.Step);
        Tokens = [.. trace.Tokens.Select(id => new PromptToken(id, TokenText.Of(loan.Tokenizer, id)))];
    }

    /// <summary>What was read: the token that begins a document, then the prompt's.</summary>
    public IReadOnlyList<PromptToken> Tokens { get; }

    /// <summary>What a person should know of the prompt: that it was cut, for one.</summary>
    public string? Notice { get; }

    /// <summary>Shape of the model.</summary>
    public ModelConfig Config => _trace.Config;

    /// <summary>Names the model's tokens.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>Tells one writing of a checkpoint from every other.</summary>
    public string Version { get; }

    /// <summary>The step of a run's checkpoint; null for an imported model.</summary>
    public int? Step { get; }

    /// <summary>Numbers that the reading keeps in memory.</summary>
    internal long KeptNumbers => (long)Tokens.Count * Config.EmbeddingSize * (1 + 4L * Config.LayerCount);

    /// <summary>Computes something from what happened, away from the circuit that asks, one question at a time.</summary>
    /// <param name="question">Reads the trace and keeps nothing of it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> ComputeAsync<T>(Func<ForwardTrace, T> question, CancellationToken cancellationToken = default)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(Ask, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }

        T Ask()
        {
            lock (_lock) return question(_trace);
        }
    }
}

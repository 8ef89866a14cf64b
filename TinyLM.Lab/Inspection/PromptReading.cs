using TinyLM.Lab.Models;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inspection;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>One prompt, read by one checkpoint, with all that happened within at hand.</summary>
public sealed class PromptReading
{
    private static long s_count;

    private readonly ForwardTrace _trace;
    private readonly ComputeSlots _slots;
    private readonly Lock _lock = new();
    private readonly long _order = Interlocked.Increment(ref s_count);
    private int _questions;

    /// <param name="trace">What happened.</param>
    /// <param name="loan">Who read.</param>
    /// <param name="notice">What a person should know of the prompt.</param>
    /// <param name="slots">Where readings compute.</param>
    internal PromptReading(ForwardTrace trace, ModelLoan loan, string? notice, ComputeSlots slots)
    {
        (_trace, _slots, Notice) = (trace, slots, notice);
        (Tokenizer, Version, Step) = (loan.Tokenizer, loan.Version, loan.Step);
        Tokens = [.. trace.Tokens.Select(id => new PromptToken(id, TokenText.Of(loan.Tokenizer, id)))];
    }

    private PromptReading(PromptReading plain, ForwardTrace trace)
    {
        (_trace, _slots, Notice) = (trace, plain._slots, plain.Notice);
        (Tokenizer, Version, Step, Tokens) = (plain.Tokenizer, plain.Version, plain.Step, plain.Tokens);
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

    /// <summary>Whether somebody waits for an answer.</summary>
    public bool IsComputing => Volatile.Read(ref _questions) > 0;

    /// <summary>Numbers that the reading keeps in memory.</summary>
    internal long KeptNumbers => (long)Tokens.Count * Config.EmbeddingSize * (1 + 4L * Config.LayerCount);

    /// <summary>Computes something from what happened, away from the circuit that asks, one question at a time.</summary>
    /// <param name="question">Reads the trace and keeps nothing of it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> ComputeAsync<T>(Func<ForwardTrace, T> question, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _questions);
        try
        {
            return await _slots.RunAsync(Ask, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _questions);
        }

        T Ask()
        {
            lock (_lock) return question(_trace);
        }
    }

    /// <summary>Computes something from two readings.</summary>
    /// <param name="other">The other.</param>
    /// <param name="question">Reads this trace and the other one, and keeps nothing of them.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<T> ComputeAsync<T>(PromptReading other, Func<ForwardTrace, ForwardTrace, T> question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (first, second) = _order < other._order ? (this, other) : (other, this); // always in this order, so that no two wait for each other
        return first.ComputeAsync(
            _ =>
            {
                lock (second._lock) return question(_trace, other._trace);
            },
            cancellationToken);
    }

    /// <summary>The same prompt with changes to the model.</summary>
    /// <param name="interventions">The changes, in order; none gives the reading itself.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">A change at a place that the model does not have.</exception>
    public async Task<PromptReading> WithAsync(IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken = default) =>
        interventions.Count == 0 ? this : new PromptReading(this, await ComputeAsync(trace => trace.With(interventions, cancellationToken), cancellationToken));
}

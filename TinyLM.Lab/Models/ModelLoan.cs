using TinyLM.Model.Inference;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Models;

/// <summary>A loaded model that somebody reads with; it stays in memory until it is given back by disposing the loan.</summary>
public sealed class ModelLoan : IDisposable
{
    private Action? _giveBack;

    /// <param name="model">Reads tokens.</param>
    /// <param name="tokenizer">Turns text into its tokens and back.</param>
    /// <param name="version">Tells one writing of a checkpoint from every other.</param>
    /// <param name="step">The step of a run's checkpoint; null for an imported model.</param>
    /// <param name="giveBack">Called once, when the loan ends.</param>
    public ModelLoan(LanguageModel model, TextTokenizer tokenizer, string version, int? step, Action giveBack) =>
        (Model, Tokenizer, Version, Step, _giveBack) = (model, tokenizer, version, step, giveBack);

    /// <summary>Reads tokens.</summary>
    public LanguageModel Model { get; }

    /// <summary>Turns text into its tokens and back.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>How conversations are written for the model; null where its files do not say.</summary>
    public ChatFormat? Chat { get; init; }

    /// <summary>Tells one writing of a checkpoint from every other: a resumed run may write the same step again.</summary>
    public string Version { get; }

    /// <summary>The step of a run's checkpoint; null for an imported model.</summary>
    public int? Step { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}

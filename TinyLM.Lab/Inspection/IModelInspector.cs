using TinyLM.Lab.Models;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>Reads prompts with models and keeps what happened within, for pages to look at.</summary>
public interface IModelInspector
{
    /// <summary>Reads a prompt as the beginning of a document.</summary>
    /// <param name="model">The reader.</param>
    /// <param name="prompt">The prompt; what does not fit into the context is left out, which the reading says in words.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    Task<PromptReading> ReadAsync(ModelReference model, string prompt, CancellationToken cancellationToken = default);

    /// <summary>Writes on from a prompt, always with the likeliest token.</summary>
    /// <param name="model">The writer.</param>
    /// <param name="prompt">The beginning of a document.</param>
    /// <param name="count">Tokens at most; fewer where the context ends.</param>
    /// <param name="interventions">Changes to make on the way.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>What comes after the prompt.</returns>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    Task<string> WriteAsync(ModelReference model, string prompt, int count, IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken = default);

    /// <summary>Measures what each head does on a sample of text; once for each writing of a checkpoint.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">Which part of the text of its run; of built-in stories for an imported model.</param>
    /// <param name="cancellationToken">Ends the measuring.</param>
    /// <returns>Layer by layer, head by head.</returns>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    /// <exception cref="CorpusFormatException">The corpus is gone or damaged: the message says what to do.</exception>
    /// <exception cref="ShardFormatException">The run's file of tokens is damaged.</exception>
    /// <exception cref="InvalidOperationException">There is no text of two tokens.</exception>
    /// <exception cref="IOException">The text cannot be read.</exception>
    Task<IReadOnlyList<HeadFigures>> MeasureHeadsAsync(ModelReference model, SampleText text, CancellationToken cancellationToken = default);

    /// <summary>Measures what each part gives on average over a sample of the text that the model learned from; once for each writing of a checkpoint.</summary>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    /// <exception cref="CorpusFormatException">The corpus is gone or damaged: the message says what to do.</exception>
    /// <exception cref="ShardFormatException">The run's file of tokens is damaged.</exception>
    /// <exception cref="IOException">The text cannot be read.</exception>
    Task<ActivationMeans> MeasureMeansAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Measures the loss of each token of a text.</summary>
    /// <param name="model">The reader.</param>
    /// <param name="tokens">At least two; as many as fit into the context are read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    Task<TokenLosses> MeasureLossesAsync(ModelReference model, IReadOnlyList<int> tokens, CancellationToken cancellationToken = default);
}

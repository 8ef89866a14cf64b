using TinyLM.Model.Generation;

namespace TinyLM.Lab.Models;

/// <summary>Loads checkpoints once, shares them among readers, and frees them when idle.</summary>
public interface IModelHost
{
    /// <summary>Steps of the run's checkpoints whose sums hold, in order. At once for those that were checked before; a new one is read to its end.</summary>
    ValueTask<IReadOnlyList<int>> ListCheckpointsAsync(string runId);

    /// <summary>Lends a model for reading with it, loading it where it is not in memory.</summary>
    /// <returns>To be disposed as soon as the model is not used any more.</returns>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    Task<ModelLoan> BorrowAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>What may follow a text: the prompt of the request, and what was written after it.</summary>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    /// <exception cref="ArgumentException">The request breaks a rule.</exception>
    /// <exception cref="ContextLengthException">The prompt does not fit, and the window may not slide.</exception>
    Task<NextToken> PredictAsync(ModelReference model, TextRequest request, CancellationToken cancellationToken = default);

    /// <summary>Writes on from a prompt, piece by piece; a piece never ends within a character.</summary>
    /// <param name="model">Who writes.</param>
    /// <param name="request">What to write.</param>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    /// <exception cref="ArgumentException">The request breaks a rule.</exception>
    /// <exception cref="ContextLengthException">The prompt does not fit, and the window may not slide.</exception>
    IAsyncEnumerable<GeneratedPiece> GenerateAsync(ModelReference model, TextRequest request, CancellationToken cancellationToken = default);
}

/// <summary>A model that cannot be used, in words.</summary>
public sealed class ModelUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

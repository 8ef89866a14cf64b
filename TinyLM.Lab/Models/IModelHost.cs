using TinyLM.Model.Generation;

namespace TinyLM.Lab.Models;

/// <summary>Loads checkpoints once, shares them among readers, and frees them when idle.</summary>
public interface IModelHost
{
    /// <summary>Steps of the run's checkpoints whose sums hold, in order. At once for those that were checked before; a new one is read to its end.</summary>
    ValueTask<IReadOnlyList<int>> ListCheckpointsAsync(string runId);

    /// <summary>Writes on from a prompt, piece by piece; a piece never ends within a character.</summary>
    /// <param name="model">Who writes.</param>
    /// <param name="prompt">What to continue; empty starts a new document.</param>
    /// <param name="settings">Temperature, length, seed and the like.</param>
    /// <exception cref="ModelUnavailableException">No such model, or it is damaged: the message says what to do.</exception>
    IAsyncEnumerable<GeneratedPiece> GenerateAsync(ModelReference model, string prompt, SamplingSettings settings, CancellationToken cancellationToken = default);
}

/// <summary>A piece of generated text.</summary>
/// <param name="Text">The characters that became whole with this token; may be empty.</param>
/// <param name="TokenId">The token.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave this token before temperature and filters.</param>
/// <param name="FinishReason">Null until the last piece; then why it ended.</param>
public sealed record GeneratedPiece(string Text, int TokenId, double LogProbability, FinishReason? FinishReason);

/// <summary>A model that cannot be used, in words.</summary>
public sealed class ModelUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

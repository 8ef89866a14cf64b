namespace TinyLM.Lab.Inspection;

/// <summary>What runs read: their batches and the documents that they are measured on.</summary>
public interface ITrainingTexts
{
    /// <summary>The first sequences that a run learned from.</summary>
    /// <exception cref="TrainingTextException">They cannot be read; the message says why, in words.</exception>
    Task<FirstBatch> ReadFirstBatchAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>A document that the run does not learn from.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="index">Its number, from 0.</param>
    /// <param name="length">Most tokens, the one that begins it counted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Its tokens; null where there are fewer documents.</returns>
    /// <exception cref="TrainingTextException">They cannot be read; the message says why, in words.</exception>
    Task<IReadOnlyList<int>?> ReadValidationDocumentAsync(string runId, int index, int length, CancellationToken cancellationToken = default);
}

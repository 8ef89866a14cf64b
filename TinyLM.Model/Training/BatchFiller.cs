namespace TinyLM.Model.Training;

/// <summary>Fills a micro-batch with the next tokens.</summary>
/// <param name="inputs">Receives the ids that the model reads, (batch, position), row-major.</param>
/// <param name="targets">Receives the id that follows each.</param>
internal delegate void BatchFiller(Span<int> inputs, Span<int> targets);

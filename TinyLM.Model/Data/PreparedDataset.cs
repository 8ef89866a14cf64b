namespace TinyLM.Model.Data;

/// <summary>Tokens that stand ready in the library.</summary>
/// <param name="Info">What they are.</param>
/// <param name="TrainPath">The shard to learn from.</param>
/// <param name="ValidationPath">The shard to measure on.</param>
/// <param name="TokenizerPath">The tokenizer's file.</param>
public sealed record PreparedDataset(DatasetInfo Info, string TrainPath, string ValidationPath, string TokenizerPath);

using TinyLM.Lab.Models;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Checkpoints of a tiny model with random weights over a vocabulary of bytes.</summary>
internal static class TestCheckpoint
{
    /// <summary>Shape of the model: 256 bytes and the end-of-text token.</summary>
    public static ModelConfig Config { get; } = new() { VocabularySize = 257, ContextLength = 32, EmbeddingSize = 16, LayerCount = 2, HeadCount = 2 };

    /// <summary>Writes a whole checkpoint of a run.</summary>
    /// <returns>Its folder.</returns>
    public static string Write(RunFolder run, int step, int seed = 1) => Write(run.CheckpointPath(step), seed);

    /// <inheritdoc cref="Write(RunFolder, int, int)"/>
    public static string Write(string folder, int seed) => Write(folder, Config, seed);

    /// <summary>Writes a whole checkpoint of a model of another shape, of at least 257 tokens.</summary>
    /// <returns>Its folder.</returns>
    public static string Write(string folder, ModelConfig config, int seed)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, CheckpointStore.ConfigName), ConfigFile.ToJson(config, endOfTextId: 256));
        using (var file = File.Create(Path.Combine(folder, CheckpointStore.WeightsFile))) HuggingFaceWeights.Write(file, TestWeights.Random(config, seed));
        TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, [])).Save(CheckpointStore.TokenizerPath(folder));
        File.WriteAllText(Path.Combine(folder, CheckpointStore.OptimizerFile), ""); // only resuming reads them
        File.WriteAllText(Path.Combine(folder, CheckpointStore.StateFile), "");
        CheckpointManifest.Write(folder);
        return folder;
    }

    /// <summary>Damages one byte of the weights.</summary>
    public static void Damage(string folder)
    {
        using var file = File.Open(Path.Combine(folder, CheckpointStore.WeightsFile), FileMode.Open);
        file.Position = file.Length - 5;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)~value);
    }
}

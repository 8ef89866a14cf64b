using TinyLM.Model.Runs;

namespace TinyLM.Model.Checkpoints;

/// <summary>The checkpoints of a run: folders that Hugging Face's <c>transformers</c> loads as they are, and what resuming needs beside.</summary>
public static class CheckpointStore
{
    internal const string ConfigName = "config.json";
    internal const string WeightsFile = "model.safetensors";
    internal const string TokenizerFile = "tokenizer.json";
    internal const string GenerationFile = "generation_config.json";
    internal const string OptimizerFile = "optimizer.safetensors";
    internal const string StateFile = "trainer_state.json";

    /// <summary>Steps of the checkpoints that stand in place, ascending. Cheap: by name, without looking into the files.</summary>
    public static IReadOnlyList<int> ListSteps(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!Directory.Exists(run.CheckpointsPath)) return [];
        return [.. Directory.EnumerateDirectories(run.CheckpointsPath)
            .Select(folder => RunFolder.CheckpointStep(Path.GetFileName(folder)))
            .OfType<int>().Order()];
    }

    /// <summary>Checks a checkpoint of ours against its SHA-256 manifest; reads every byte of it.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged; the message says which.</exception>
    public static void Verify(string folder)
    {
        if (!Directory.Exists(folder)) throw new CheckpointException($"There is no checkpoint {folder}.");
        CheckpointManifest.Verify(folder, ConfigName, WeightsFile, OptimizerFile, StateFile);
    }

    /// <summary>Checks an imported model against its SHA-256 manifest; reads every byte of it.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged; the message says which.</exception>
    public static void VerifyModel(string folder)
    {
        if (!Directory.Exists(folder)) throw new CheckpointException($"There is no model {folder}.");
        CheckpointManifest.Verify(folder, ConfigName, WeightsFile, ModelImporter.InfoFile);
    }

    /// <summary>The manifest of a checkpoint of ours, written last; folders that others wrote have none.</summary>
    public static string ManifestPath(string folder) => Path.Combine(folder, CheckpointManifest.FileName);

    /// <summary>The newest checkpoint whose sums hold, or null where there is none.</summary>
    public static int? NewestGood(RunFolder run) => NewestGood(run, damaged: null);

    /// <summary>The newest checkpoint whose sums hold, telling of each damaged one on the way to it.</summary>
    internal static int? NewestGood(RunFolder run, Action<CheckpointException>? damaged)
    {
        foreach (var step in ListSteps(run).Reverse())
        {
            try
            {
                Verify(run.CheckpointPath(step));
                return step;
            }
            catch (CheckpointException e)
            {
                damaged?.Invoke(e);
            }
        }
        return null;
    }

    /// <summary>Reads the weights of a model from a folder in Hugging Face's layout: ours, or one that others wrote.</summary>
    /// <remarks>Numbers in F32, F16 or BF16; with or without the prefix <c>transformer.</c> or <c>model.</c>; the sums of a manifest are not checked.</remarks>
    /// <param name="folder">Holds <c>config.json</c> and <c>model.safetensors</c>, or several such files and their index.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged, or of a model that this engine does not know.</exception>
    public static ModelWeights ReadWeights(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return HuggingFaceWeights.Read(folder, ConfigFile.Read(Path.Combine(folder, ConfigName)));
    }

    /// <summary>The tokenizer of a checkpoint.</summary>
    public static string TokenizerPath(string folder) => Path.Combine(folder, TokenizerFile);
}

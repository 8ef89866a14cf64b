using System.Text.Json;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Checkpoints;

/// <summary>A state of a run from which training goes on as if it had never stopped.</summary>
internal sealed record Checkpoint
{
    /// <summary>Ending of folders that are whole but not in place yet.</summary>
    public const string StagedSuffix = ".staged";

    /// <summary>The weights.</summary>
    public required ModelWeights Weights { get; init; }

    /// <summary>The optimizer's moments and momentum, by their names in PyTorch and those of the weights: <c>exp_avg.transformer.wte.weight</c>.</summary>
    public required OrderedDictionary<string, WeightTensor> Optimizer { get; init; }

    /// <summary>Everything else.</summary>
    public required TrainerState State { get; init; }

    /// <summary>Writes the checkpoint's folder, whole or not at all; one that stands there already is replaced.</summary>
    /// <param name="path">The folder; its parent exists.</param>
    /// <param name="tokenizerPath">The tokenizer's file, copied in; null where there is none.</param>
    /// <param name="endOfTextId">The token that stands before each document.</param>
    /// <exception cref="IOException">The disk is full or cannot be written; what stood there before still stands.</exception>
    public void Write(string path, string? tokenizerPath, int endOfTextId)
    {
        // A folder in the way is of an earlier attempt at this step; it goes only when the new one is known to fit.
        var staged = path + StagedSuffix;
        if (Directory.Exists(staged)) Directory.Delete(staged, recursive: true);
        DurableFolder.Create(staged, folder =>
        {
            File.WriteAllText(Path.Combine(folder, CheckpointStore.ConfigName), ConfigFile.ToJson(Weights.Config, endOfTextId));
            File.WriteAllText(Path.Combine(folder, CheckpointStore.GenerationFile), ConfigFile.GenerationJson(endOfTextId));
            if (tokenizerPath is not null) File.Copy(tokenizerPath, Path.Combine(folder, CheckpointStore.TokenizerFile));
            using (var file = File.Create(Path.Combine(folder, CheckpointStore.WeightsFile))) HuggingFaceWeights.Write(file, Weights);
            using (var file = File.Create(Path.Combine(folder, CheckpointStore.OptimizerFile)))
                SafetensorsWriter.Write(file, [.. Optimizer.Select(entry => (entry.Key, entry.Value))], new Dictionary<string, string>());
            File.WriteAllText(Path.Combine(folder, CheckpointStore.StateFile), JsonSerializer.Serialize(State, RunJson.Indented));
            CheckpointManifest.Write(folder);
        });
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Directory.Move(staged, path);
        DurableFolder.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads a checkpoint whose sums were found to hold.</summary>
    /// <exception cref="CheckpointException">A file is missing, malformed, or of another version.</exception>
    public static Checkpoint Read(string path)
    {
        var state = ReadState(path);
        var weights = CheckpointStore.ReadWeights(path);
        using var reader = new SafetensorsReader(Path.Combine(path, CheckpointStore.OptimizerFile));
        var optimizer = new OrderedDictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var entry in reader.Entries.Values.OrderBy(entry => entry.Begin))
            optimizer.Add(entry.Name, new WeightTensor([.. entry.Shape.Select(dimension => checked((int)dimension))], reader.ReadFloats(entry.Name)));
        return new Checkpoint { Weights = weights, State = state, Optimizer = optimizer };
    }

    /// <summary>Reads the trainer's state alone.</summary>
    /// <exception cref="CheckpointException">It is missing, malformed, or of another version.</exception>
    public static TrainerState ReadState(string path)
    {
        var file = Path.Combine(path, CheckpointStore.StateFile);
        try
        {
            var state = JsonSerializer.Deserialize<TrainerState>(File.ReadAllBytes(file), RunJson.Line)
                ?? throw new CheckpointException($"{file}: expected a JSON object, found null.");
            if (state.Version != TrainerState.CurrentVersion) throw new CheckpointException($"{file} has version {state.Version}; this engine reads {TrainerState.CurrentVersion}.");
            return state;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CheckpointException($"{file} cannot be read: {e.Message}", e);
        }
    }
}

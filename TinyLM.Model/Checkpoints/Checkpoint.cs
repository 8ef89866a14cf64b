using System.Text;
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
    /// <param name="files">Where it is written; the system's own files if null.</param>
    /// <exception cref="IOException">The disk is full or cannot be written; what stood there before still stands.</exception>
    public void Write(string path, string? tokenizerPath, int endOfTextId, IFileSystem? files = null)
    {
        // A folder in the way is of an earlier attempt at this step; it goes only when the new one is whole. A crash between the two
        // renames leaves the new one under its name of staging, and Resumption puts it in place.
        files ??= DiskFileSystem.Instance;
        var staged = path + StagedSuffix;
        if (Directory.Exists(staged)) files.DeleteDirectory(staged);
        DurableFolder.Create(staged, folder => Fill(folder, tokenizerPath, endOfTextId, files), files);
        var earlier = Directory.Exists(path) ? DurableFolder.SetAside(path, files) : null;
        files.MoveDirectory(staged, path);
        files.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (earlier is not null) files.DeleteDirectory(earlier);
    }

    private void Fill(string folder, string? tokenizerPath, int endOfTextId, IFileSystem files)
    {
        Text(CheckpointStore.ConfigName, ConfigFile.ToJson(Weights.Config, endOfTextId));
        Text(CheckpointStore.GenerationFile, ConfigFile.GenerationJson(endOfTextId));
        if (tokenizerPath is not null)
            Write(CheckpointStore.TokenizerFile, stream =>
            {
                using var tokenizer = File.OpenRead(tokenizerPath);
                tokenizer.CopyTo(stream);
            });
        Write(CheckpointStore.WeightsFile, stream => HuggingFaceWeights.Write(stream, Weights));
        Write(CheckpointStore.OptimizerFile, stream => SafetensorsWriter.Write(stream, [.. Optimizer.Select(entry => (entry.Key, entry.Value))], new Dictionary<string, string>()));
        Text(CheckpointStore.StateFile, JsonSerializer.Serialize(State, RunJson.Indented));
        Text(CheckpointManifest.FileName, CheckpointManifest.SumsOf(folder));

        void Text(string name, string text) => Write(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        void Write(string name, Action<Stream> write) => DurableFile.WriteUnflushed(files, Path.Combine(folder, name), write);
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

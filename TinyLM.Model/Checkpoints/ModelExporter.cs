using TinyLM.Model.Storage;

namespace TinyLM.Model.Checkpoints;

/// <summary>Writes a model that the lab has in the form of another program.</summary>
public static class ModelExporter
{
    /// <summary>Files of a checkpoint that belong to the model and not to its training.</summary>
    private static readonly string[] s_modelFiles = [CheckpointStore.ConfigName, CheckpointStore.GenerationFile, CheckpointStore.TokenizerFile, CheckpointStore.WeightsFile, .. Tokenization.ChatFormat.FileNames];

    /// <summary>Writes a model to a path, whole or not at all.</summary>
    /// <param name="folder">A checkpoint of a run, or an imported model; its sums were found to hold.</param>
    /// <param name="format">The form.</param>
    /// <param name="path">A file, or a folder for Hugging Face's form; nothing stands there yet.</param>
    /// <exception cref="CheckpointException">The model is damaged, or the format has no place for it, or something stands at the path.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public static void Export(string folder, ModelFormat format, string path)
    {
        if (Path.Exists(path)) throw new CheckpointException($"{path} stands there already; name another place, or move it away.");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (format == ModelFormat.HuggingFace)
        {
            DurableFolder.Create(path, target =>
            {
                foreach (var (name, source) in FilesOf(folder)) File.Copy(source, Path.Combine(target, name));
            });
            return;
        }
        var weights = Read(folder, format);
        DurableFile.Write(path, stream => ModelFiles.Write(stream, weights, format));
    }

    /// <summary>Writes a model as one file.</summary>
    /// <param name="folder">As above.</param>
    /// <param name="format">Any but Hugging Face's.</param>
    /// <param name="stream">Receives it.</param>
    /// <exception cref="CheckpointException">The model is damaged, or the format has no place for it.</exception>
    public static void Export(string folder, ModelFormat format, Stream stream) => ModelFiles.Write(stream, Read(folder, format), format);

    /// <summary>The files of Hugging Face's form, by name; those that are there.</summary>
    public static IReadOnlyList<(string Name, string Path)> FilesOf(string folder) =>
        [.. s_modelFiles.Select(name => (name, Path.Combine(folder, name))).Where(file => File.Exists(file.Item2))];

    private static ModelWeights Read(string folder, ModelFormat format)
    {
        if (ModelFiles.ProblemOf(ConfigFile.Read(Path.Combine(folder, CheckpointStore.ConfigName)), format) is { } problem) throw new CheckpointException(problem);
        return CheckpointStore.ReadWeights(folder);
    }
}

using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Studio;

/// <summary>What people saved in the studio: a JSON file each, in folders of the data directory. Thread-safe.</summary>
internal sealed class StudioStore(LabDirectory directory, ILogger<StudioStore> logger) : IStudioStore
{
    private const string Trees = "trees";
    private const string Prompts = "prompts";

    /// <inheritdoc/>
    public IReadOnlyList<StudioTree> ListTrees() => [.. List<StudioTree>(Trees).OrderByDescending(tree => tree.SavedAt)];

    /// <inheritdoc/>
    public StudioTree? FindTree(string id) => LabDirectory.IsName(id) ? Read<StudioTree>(PathOf(Trees, id)) : null;

    /// <inheritdoc/>
    public void Save(StudioTree tree) => Write(Trees, tree.Id, tree);

    /// <inheritdoc/>
    public void DeleteTree(string id) => File.Delete(PathOf(Trees, id));

    /// <inheritdoc/>
    public IReadOnlyList<PromptTemplate> ListPrompts() => [.. List<PromptTemplate>(Prompts).OrderBy(prompt => prompt.Name, StringComparer.OrdinalIgnoreCase)];

    /// <inheritdoc/>
    public void Save(PromptTemplate prompt) => Write(Prompts, prompt.Id, prompt);

    /// <inheritdoc/>
    public void DeletePrompt(string id) => File.Delete(PathOf(Prompts, id));

    private List<T> List<T>(string kind)
        where T : class
    {
        var folder = Path.Combine(directory.StudioPath, kind);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Select(Read<T>).OfType<T>()] : [];
    }

    private T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), RunJson.Line);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "{Path} cannot be read; it is left out.", path);
            return null;
        }
    }

    private void Write<T>(string kind, string id, T value)
    {
        var path = PathOf(kind, id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.WriteAllText(path, JsonSerializer.Serialize(value, RunJson.Indented));
    }

    private string PathOf(string kind, string id) => LabDirectory.IsName(id) ? Path.Combine(directory.StudioPath, kind, $"{id}.json")
        : throw new ArgumentException($"'{id}' is no id.", nameof(id));
}

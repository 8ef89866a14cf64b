using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Library;

/// <summary>Saved settings in the data directory, a file each: a title and a spec. The file is named by a hash of the title.</summary>
internal sealed class PresetLibrary(LabDirectory directory, ILogger<PresetLibrary> logger) : IPresetLibrary
{
    private const int LongestTitle = 80;

    /// <inheritdoc/>
    public IReadOnlyList<SavedPreset> List()
    {
        if (!Directory.Exists(directory.PresetsPath)) return [];
        return [.. Directory.EnumerateFiles(directory.PresetsPath, "*.json").Select(Read).OfType<SavedPreset>().OrderBy(preset => preset.Title, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public SavedPreset Save(string title, RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var clean = (title ?? "").Trim();
        if (clean.Length is 0 or > LongestTitle) throw new ArgumentException($"The title has {clean.Length} characters; it must have between 1 and {LongestTitle}.", nameof(title));
        var preset = new SavedPreset("own-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clean.ToUpperInvariant())))[..16], clean, spec);
        Directory.CreateDirectory(directory.PresetsPath);
        DurableFile.WriteAllText(PathOf(preset.Id), JsonSerializer.Serialize(new Content(clean, spec), RunJson.Indented));
        return preset;
    }

    /// <inheritdoc/>
    public void Delete(string presetId)
    {
        if (LabDirectory.IsName(presetId) && File.Exists(PathOf(presetId))) File.Delete(PathOf(presetId));
    }

    private string PathOf(string id) => Path.Combine(directory.PresetsPath, id + ".json");

    private SavedPreset? Read(string path)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllText(path), RunJson.Indented);
            return content is null ? null : new SavedPreset(Path.GetFileNameWithoutExtension(path), content.Title, content.Spec);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "The preset {Path} cannot be read and is not offered.", path);
            return null;
        }
    }

    private sealed record Content(string Title, RunSpec Spec);
}

using TinyLM.Lab.Library;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Saved settings in memory.</summary>
public sealed class FakePresetLibrary : IPresetLibrary
{
    private readonly List<SavedPreset> _saved = [];

    /// <inheritdoc/>
    public IReadOnlyList<SavedPreset> List() => [.. _saved];

    /// <inheritdoc/>
    public SavedPreset Save(string title, RunSpec spec)
    {
        _saved.Add(new SavedPreset($"own-{_saved.Count}", title, spec));
        return _saved[^1];
    }

    /// <inheritdoc/>
    public void Delete(string presetId) => _saved.RemoveAll(preset => preset.Id == presetId);
}

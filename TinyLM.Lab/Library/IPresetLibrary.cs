using TinyLM.Lab.Security;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Library;

/// <summary>The settings that people saved to begin with.</summary>
public interface IPresetLibrary
{
    /// <summary>All that can be read, in order of their titles.</summary>
    [OpenToViewers]
    IReadOnlyList<SavedPreset> List();

    /// <summary>Saves settings under a title; one of that title is replaced.</summary>
    /// <exception cref="ArgumentException">The title is empty or longer than 80 characters.</exception>
    SavedPreset Save(string title, RunSpec spec);

    /// <summary>Removes settings; nothing happens where there are none.</summary>
    void Delete(string presetId);
}

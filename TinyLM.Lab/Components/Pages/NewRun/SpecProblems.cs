using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.NewRun;

/// <summary>The rules that a spec breaks, and which setting to show each beside.</summary>
/// <remarks>
/// A problem belongs to a setting if putting that one setting back to its default cures it and brings no other. So the
/// rules stay where they are, in the records, and a rule between two settings points at the one that was changed.
/// </remarks>
internal sealed class SpecProblems
{
    private static readonly RunSpec s_sound = new();
    private readonly Dictionary<SpecSetting, string> _bySetting = [];

    /// <summary>Checks a spec.</summary>
    public SpecProblems(RunSpec spec)
    {
        All = spec.Validate();
        if (All.Count == 0) return;
        foreach (var setting in SpecSettings.All)
        {
            var left = setting.Copy(s_sound, spec).Validate();
            if (left.Count < All.Count && left.All(All.Contains)) _bySetting[setting] = string.Join(" ", All.Except(left));
        }
    }

    /// <summary>Every problem, in words.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>What is wrong with one setting; null where nothing is.</summary>
    public string? Of(SpecSetting setting) => _bySetting.GetValueOrDefault(setting);
}

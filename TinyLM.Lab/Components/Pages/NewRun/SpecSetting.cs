using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.NewRun;

/// <summary>One setting of a run, as the form shows it.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Help">What it means, in one line.</param>
/// <param name="Unit">What it counts, if the label does not say.</param>
public abstract record SpecSetting(string Label, string Help, string? Unit)
{
    /// <summary>The spec with this setting as <paramref name="source"/> has it.</summary>
    public abstract RunSpec Copy(RunSpec source, RunSpec target);
}

/// <summary>A setting of one type.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Help">What it means, in one line.</param>
/// <param name="Unit">What it counts, if the label does not say.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Set">A spec that has it.</param>
/// <typeparam name="T">A number, or an enumeration to choose from.</typeparam>
public sealed record SpecSetting<T>(string Label, string Help, string? Unit, Func<RunSpec, T> Get, Func<RunSpec, T, RunSpec> Set) : SpecSetting(Label, Help, Unit)
{
    /// <inheritdoc/>
    public override RunSpec Copy(RunSpec source, RunSpec target) => Set(target, Get(source));
}

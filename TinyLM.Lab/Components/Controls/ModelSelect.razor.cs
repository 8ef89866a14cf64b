using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Controls;

/// <summary>Chooses a model among the runs that have a checkpoint, and one of its checkpoints.</summary>
public sealed partial class ModelSelect
{
    private IReadOnlyList<(string Id, string Name)> _choices = [];
    private IReadOnlyList<int> _steps = [];
    private string? _shown;

    /// <summary>What is chosen; null for nothing yet.</summary>
    [Parameter, EditorRequired] public required ModelReference? Value { get; set; }

    /// <summary>Told another choice.</summary>
    [Parameter] public EventCallback<ModelReference> ValueChanged { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelHost Models { get; set; } = null!;

    /// <summary>The model that is chosen where nothing was: that of the newest run that has one; null where there is none.</summary>
    public static ModelReference? Default(IRunService runs) => runs.List().FirstOrDefault(run => run.HasCheckpoint) is { } run ? ModelReference.OfRun(run.Id) : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _choices = [.. Runs.List().Where(run => run.HasCheckpoint).Select(run => (run.Id, run.Name))];
        if (_shown == Value?.Id) return;
        _shown = Value?.Id;
        _steps = Value is { Origin: ModelOrigin.Run, Id: var id } ? await Models.ListCheckpointsAsync(id) : [];
    }

    private Task ChooseAsync(string id) => ValueChanged.InvokeAsync(ModelReference.OfRun(id));

    private Task ChooseStepAsync(int? step) => Value is { } model ? ValueChanged.InvokeAsync(model with { Step = step }) : Task.CompletedTask;

    private string NameOf(string? id) => _choices.FirstOrDefault(choice => choice.Id == id).Name ?? id ?? "";

    private string NameOf(int? step) => step is { } one
        ? $"step {Display.Count(one)}"
        : _steps is [.., var newest] ? $"newest (step {Display.Count(newest)})" : "newest";
}

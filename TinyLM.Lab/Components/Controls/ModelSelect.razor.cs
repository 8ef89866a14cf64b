using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Controls;

/// <summary>Chooses a model among the runs that have a checkpoint, and one of its checkpoints; or an imported model that has a tokenizer.</summary>
public sealed partial class ModelSelect
{
    private IReadOnlyList<(string Key, string Name)> _choices = [];
    private IReadOnlyList<int> _steps = [];
    private string? _shown;

    /// <summary>What is chosen; null for nothing yet.</summary>
    [Parameter, EditorRequired] public required ModelReference? Value { get; set; }

    /// <summary>Told another choice.</summary>
    [Parameter] public EventCallback<ModelReference> ValueChanged { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelLibrary Library { get; set; } = null!;

    [Inject] private IModelHost Models { get; set; } = null!;

    /// <summary>The model that is chosen where nothing was: that of the newest run that has one, else an imported one; null where there is none.</summary>
    public static ModelReference? Default(IRunService runs, IModelLibrary library) =>
        runs.List().FirstOrDefault(run => run.HasCheckpoint) is { } run ? ModelReference.OfRun(run.Id)
        : library.List().FirstOrDefault(model => model.TokenizerProblem is null) is { } imported ? ModelReference.OfImported(imported.Id)
        : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _choices =
        [
            .. Runs.List().Where(run => run.HasCheckpoint).Select(run => (ModelReference.OfRun(run.Id).ToString(), run.Name)),
            .. Library.List().Where(model => model.TokenizerProblem is null).Select(model => (ModelReference.OfImported(model.Id).ToString(), $"{model.Name} (imported)")),
        ];
        if (_shown == Value?.Id) return;
        _shown = Value?.Id;
        _steps = Value is { Origin: ModelOrigin.Run, Id: var id } ? await Models.ListCheckpointsAsync(id) : [];
    }

    private Task ChooseAsync(string key) => ModelReference.TryParse(key, out var model) ? ValueChanged.InvokeAsync(model) : Task.CompletedTask;

    /// <summary>The model without its step.</summary>
    private static string? KeyOf(ModelReference? model) => model is null ? null : (model with { Step = null }).ToString();

    private Task ChooseStepAsync(int? step) => Value is { } model ? ValueChanged.InvokeAsync(model with { Step = step }) : Task.CompletedTask;

    private string NameOf(string? key) => _choices.FirstOrDefault(choice => choice.Key == key).Name ?? key ?? "";

    private string NameOf(int? step) => step is { } one
        ? $"step {Display.Count(one)}"
        : _steps is [.., var newest] ? $"newest (step {Display.Count(newest)})" : "newest";
}

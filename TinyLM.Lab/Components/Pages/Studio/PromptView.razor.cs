using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Studio;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Pages.Studio;

/// <summary>Prompts that are put together from a task, examples and questions, and their answers as a table.</summary>
public sealed partial class PromptView : LiveComponent
{
    private const int MostQuestions = 500;

    private PromptTemplate _template = PromptTemplates.All[0];
    private IReadOnlyList<PromptTemplate> _saved = [];
    private SamplingSettings _settings = new() { Temperature = 0, MaxTokens = 24 };
    private ModelReference? _model;
    private TextBoard _board = null!;
    private IReadOnlyList<ComparedText> _texts = [];
    private IReadOnlyList<(string Question, string Prompt)> _asked = [];
    private string _questions = "cheese\ngood morning";
    private string _variables = "";
    private string _examples = "";
    private string _stop = "\\n";
    private int _version;

    /// <summary>The model to begin with.</summary>
    [Parameter] public string? Model { get; set; }

    [Inject] private IModelHost Models { get; set; } = null!;

    [Inject] private IStudioStore Store { get; set; } = null!;

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelLibrary Library { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private ISnackbar Snackbar { get; set; } = null!;

    [Inject] private ILogger<PromptView> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(200);

    private IReadOnlyList<string> Questions => [.. _questions.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private IReadOnlyList<string> Problems => Questions.Count > MostQuestions
        ? [$"There are {Questions.Count} questions; at most {MostQuestions} are asked at once."] : Request("").Validate();

    private IReadOnlyList<PromptResult> Results => [.. _asked.Zip(_texts, (asked, text) => PromptResults.Of(asked.Question, asked.Prompt, text.Tokens, Stop))];

    private string Stop => _stop.Replace("\\n", "\n", StringComparison.Ordinal);

    private string Shots => _template.Shots switch
    {
        0 => "Zero-shot: no example",
        1 => "One-shot: 1 example",
        var count => $"Few-shot: {count} examples",
    };

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _board = new TextBoard(Models, Logger);
        _model = ModelReference.TryParse(Model, out var asked) ? asked : ModelSelect.Default(Runs, Library);
        _saved = Store.ListPrompts();
        Show(_template);
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_version != _board.Version)
        {
            (_version, _texts) = (_board.Version, _board.Texts);
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    private void Choose(string id) => Show(PromptTemplates.All.Concat(_saved).First(one => one.Id == id));

    private void Show(PromptTemplate template)
    {
        _template = template;
        _variables = string.Join('\n', template.Variables.Select(one => $"{one.Key} = {one.Value}"));
        _examples = string.Join('\n', template.Examples.Select(one => $"{one.Question} | {one.Answer}"));
    }

    private void Set(PromptTemplate template) => _template = template;

    private void SetVariables(string text)
    {
        _variables = text ?? "";
        var pairs = _variables.Split('\n').Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2 && pair[0].Length > 0);
        Set(_template with { Variables = pairs.DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]) });
    }

    private void SetExamples(string text)
    {
        _examples = text ?? "";
        var examples = _examples.Split('\n').Select(line => line.Split('|', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2).Select(pair => new PromptExample(pair[0], pair[1])).ToList();
        Set(_template with { Examples = examples, Shots = Math.Min(_template.Shots, examples.Count) });
    }

    private TextRequest Request(string question) => new() { Prompt = _template.Assemble(question), Settings = _settings, Stop = Stop.Length > 0 ? [Stop] : [] };

    private void Start()
    {
        _asked = [.. Questions.Select(question => (question, _template.Assemble(question)))];
        _board.Start([.. Questions.Select(question => (_model!, Request(question)))]);
        _texts = _board.Texts;
    }

    private async Task SaveAsync()
    {
        var dialog = await Dialogs.ShowAsync<TextDialog>("Save the prompt", new DialogParameters<TextDialog> { { dialog => dialog.Text, _template.Name }, { dialog => dialog.Label, "Name" }, { dialog => dialog.Action, "Save" } });
        if (await dialog.GetReturnValueAsync<string>() is not { Length: > 0 } name) return;
        var isOwn = _saved.Any(one => one.Id == _template.Id);
        var template = _template with { Id = isOwn ? _template.Id : StudioSessions.NewId(), Name = name };
        try
        {
            Store.Save(template);
            (_template, _saved) = (template, Store.ListPrompts());
            Snackbar.Add($"“{name}” is saved.", Severity.Success);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Snackbar.Add($"The prompt could not be saved. {e.Message}", Severity.Error);
        }
    }

    private void Delete()
    {
        Store.DeletePrompt(_template.Id);
        _saved = Store.ListPrompts();
        Show(PromptTemplates.All[0]);
    }

    private static string Download(string type, string content) => $"data:{type};charset=utf-8,{Uri.EscapeDataString(content)}";

    /// <summary>Ends the writing when the page is left.</summary>
    public override async ValueTask DisposeAsync()
    {
        _board.Dispose();
        await base.DisposeAsync();
    }
}

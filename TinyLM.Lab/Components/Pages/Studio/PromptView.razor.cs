using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Studio;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Pages.Studio;

/// <summary>Prompts that are put together from a task, examples and questions, and their answers as a table. What is asked stands in the address, where it is short.</summary>
public sealed partial class PromptView : LiveComponent
{
    private const int MostQuestions = 500;
    private const string UsualQuestions = "cheese\ngood morning";
    private const string UsualStop = "\\n";

    private static readonly SamplingSettings s_usualSettings = new() { Temperature = 0, MaxTokens = 24 };

    private PromptTemplate _template = PromptTemplates.All[0];
    private PromptTemplate _start = PromptTemplates.All[0]; // that the prompt was made from
    private IReadOnlyList<PromptTemplate> _saved = [];
    private SamplingSettings _settings = s_usualSettings;
    private ModelReference? _model;
    private TextBoard _board = null!;
    private IReadOnlyList<ComparedText> _texts = [];
    private IReadOnlyList<(string Question, string Prompt)> _asked = [];
    private string _questions = UsualQuestions;
    private string _variables = "";
    private string _examples = "";
    private string _stop = UsualStop;
    private int _version;

    /// <summary>The model to begin with.</summary>
    [Parameter] public string? Model { get; set; }

    /// <summary>Id of the template to start from.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? TemplateInAddress { get; set; }

    /// <summary>The task, where it is not the template's.</summary>
    [SupplyParameterFromQuery(Name = "task")] public string? TaskInAddress { get; set; }

    /// <summary>Variables, one a line, where they are not the template's.</summary>
    [SupplyParameterFromQuery(Name = "variables")] public string? VariablesInAddress { get; set; }

    /// <summary>Examples, one a line, where they are not the template's.</summary>
    [SupplyParameterFromQuery(Name = "examples")] public string? ExamplesInAddress { get; set; }

    /// <summary>How many examples are shown.</summary>
    [SupplyParameterFromQuery(Name = "shots")] public int? ShotsInAddress { get; set; }

    /// <summary>What stands between question and answer.</summary>
    [SupplyParameterFromQuery(Name = "arrow")] public string? ArrowInAddress { get; set; }

    /// <summary>The questions, one a line.</summary>
    [SupplyParameterFromQuery(Name = "questions")] public string? QuestionsInAddress { get; set; }

    /// <summary>The stop string.</summary>
    [SupplyParameterFromQuery(Name = "stop")] public string? StopInAddress { get; set; }

    /// <summary>The temperature.</summary>
    [SupplyParameterFromQuery(Name = "temperature")] public double? TemperatureInAddress { get; set; }

    /// <summary>Most tokens of an answer.</summary>
    [SupplyParameterFromQuery(Name = "tokens")] public int? TokensInAddress { get; set; }

    /// <summary>The seed.</summary>
    [SupplyParameterFromQuery(Name = "seed")] public string? SeedInAddress { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = null!;

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
        Show(PromptTemplates.All.Concat(_saved).FirstOrDefault(one => one.Id == TemplateInAddress) ?? _template);
        ReadAddress();
    }

    private void ReadAddress()
    {
        if (VariablesInAddress is { } variables) (_variables, _template) = (variables, WithVariables(variables));
        if (ExamplesInAddress is { } examples) (_examples, _template) = (examples, WithExamples(examples));
        _template = _template with
        {
            Task = TaskInAddress ?? _template.Task,
            Shots = Math.Clamp(ShotsInAddress ?? _template.Shots, 0, _template.Examples.Count),
            Arrow = ArrowInAddress ?? _template.Arrow,
        };
        (_questions, _stop) = (QuestionsInAddress ?? _questions, StopInAddress ?? _stop);
        _settings = _settings with
        {
            Temperature = TemperatureInAddress ?? _settings.Temperature,
            MaxTokens = TokensInAddress ?? _settings.MaxTokens,
            Seed = ulong.TryParse(SeedInAddress, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : _settings.Seed,
        };
    }

    private void Remember() => Navigation.RememberInAddress(new Dictionary<string, object?>
    {
        ["from"] = _start == PromptTemplates.All[0] ? null : _start.Id,
        ["task"] = AddressText.OrNull(_template.Task, _start.Task),
        ["variables"] = AddressText.OrNull(_variables, VariablesOf(_start)),
        ["examples"] = AddressText.OrNull(_examples, ExamplesOf(_start)),
        ["shots"] = _template.Shots == _start.Shots ? null : _template.Shots,
        ["arrow"] = AddressText.OrNull(_template.Arrow, _start.Arrow),
        ["questions"] = AddressText.OrNull(_questions, UsualQuestions),
        ["stop"] = AddressText.OrNull(_stop, UsualStop),
        ["temperature"] = _settings.Temperature == s_usualSettings.Temperature ? null : _settings.Temperature,
        ["tokens"] = _settings.MaxTokens == s_usualSettings.MaxTokens ? null : _settings.MaxTokens,
        ["seed"] = _settings.Seed == s_usualSettings.Seed ? null : _settings.Seed.ToString(CultureInfo.InvariantCulture),
        ["model"] = _model?.ToString(),
    });

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

    private void Choose(string id)
    {
        Show(PromptTemplates.All.Concat(_saved).First(one => one.Id == id));
        Remember();
    }

    private void Show(PromptTemplate template)
    {
        (_template, _start) = (template, template);
        (_variables, _examples) = (VariablesOf(template), ExamplesOf(template));
    }

    private static string VariablesOf(PromptTemplate template) => string.Join('\n', template.Variables.Select(one => $"{one.Key} = {one.Value}"));

    private static string ExamplesOf(PromptTemplate template) => string.Join('\n', template.Examples.Select(one => $"{one.Question} | {one.Answer}"));

    private void Set(PromptTemplate template)
    {
        _template = template;
        Remember();
    }

    private void Set(SamplingSettings settings)
    {
        _settings = settings;
        Remember();
    }

    private void ChooseModel(ModelReference? model)
    {
        _model = model;
        Remember();
    }

    private void SetVariables(string text)
    {
        _variables = text ?? "";
        Set(WithVariables(_variables));
    }

    private void SetExamples(string text)
    {
        _examples = text ?? "";
        Set(WithExamples(_examples));
    }

    private PromptTemplate WithVariables(string text)
    {
        var pairs = text.Split('\n').Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2 && pair[0].Length > 0);
        return _template with { Variables = pairs.DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]) };
    }

    private PromptTemplate WithExamples(string text)
    {
        var examples = text.Split('\n').Select(line => line.Split('|', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2).Select(pair => new PromptExample(pair[0], pair[1])).ToList();
        return _template with { Examples = examples, Shots = Math.Min(_template.Shots, examples.Count) };
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
            (_template, _start, _saved) = (template, template, Store.ListPrompts());
            Remember();
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
        Choose(PromptTemplates.All[0].Id);
    }

    private static string Download(string type, string content) => $"data:{type};charset=utf-8,{Uri.EscapeDataString(content)}";

    /// <summary>Ends the writing when the page is left.</summary>
    public override async ValueTask DisposeAsync()
    {
        _board.Dispose();
        await base.DisposeAsync();
    }
}

using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Studio;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Pages.Studio;

/// <summary>One tree of texts: write, look at what was chosen from, branch, and see what the settings do to the next choice.</summary>
public sealed partial class WriteView : LiveComponent
{
    private const int NamedTokens = 12;

    /// <summary>Characters that the page takes: what a browser sends in one message, and more than any context holds.</summary>
    private const int LongestPrompt = 200_000;

    private StudioSession _session = null!;
    private StudioDraft _draft = new();
    private StudioBranch? _branch;
    private StudioBranch? _other;
    private IReadOnlyList<string> _problems = [];
    private SamplingPicture? _picture;
    private NextToken? _next;
    private (ModelReference?, string, int, int)? _asked;
    private string? _nextProblem;
    private string? _edited;
    private int? _token;
    private int? _otherId;
    private bool _isWriting;
    private bool _isReading;
    private int _version = -1;

    /// <summary>Id of the tree.</summary>
    [Parameter, EditorRequired] public required string TreeId { get; set; }

    /// <summary>The model to begin with, where the tree has none.</summary>
    [Parameter] public string? Model { get; set; }

    [Inject] private StudioSessions Sessions { get; set; } = null!;

    [Inject] private IStudioStore Store { get; set; } = null!;

    [Inject] private WritingTurn Turn { get; set; } = null!;

    [Inject] private IModelHost Models { get; set; } = null!;

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelLibrary Library { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private ISnackbar Snackbar { get; set; } = null!;

    [Inject] private TimeProvider Time { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(100);

    private bool CanContinue => _branch is { End: null, Tokens.Count: > 0 } && _branch.Prompt == _draft.Prompt && _branch.Model == _draft.Model?.ToString();

    private string? LengthNotice => _draft.Prompt.Length >= LongestPrompt
        ? $"The prompt is cut after {Display.Count(LongestPrompt)} characters, the most that this page takes."
        : _next is { } next && next.TextLength > next.ContextLength
            ? $"The text has {Display.Count(next.TextLength)} tokens and the model's context {Display.Count(next.ContextLength)}: {(_draft.Settings.Context == ContextPolicy.Slide ? "the model has forgotten its beginning." : "no more can be written; let the window slide, or shorten it.")}"
            : null;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _session = Sessions.Open(TreeId);
        if (_session.Draft.Model is null)
            _session.Draft = _session.Draft with { Model = ModelReference.TryParse(Model, out var model) ? model : ModelSelect.Default(Runs, Library) };
        Take();
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_version != _session.Version)
        {
            Take();
            StateHasChanged();
        }

        await ReadNextAsync(cancellationToken);
    }

    private void Take()
    {
        _version = _session.Version;
        _draft = _session.Draft;
        _branch = _session.Tree.Find(_session.Tree.Current);
        _other = _otherId == _branch?.Id ? null : _session.Tree.Find(_otherId);
        _isWriting = _session.IsWriting(_branch?.Id);
        _problems = _draft.Validate();
        if (_token >= _branch?.Tokens.Count) _token = null;
    }

    private void Change(StudioDraft draft)
    {
        _session.Draft = draft;
        Take();
        Draw();
    }

    /// <summary>Asks the model what may follow the text, once it stands still; sliders look at the answer without asking again.</summary>
    private async Task ReadNextAsync(CancellationToken cancellationToken)
    {
        if (_isWriting || _isReading || _problems.Count > 0 || _draft.Model is not { } model) return;
        var (prompt, tokens) = _branch is { } branch && branch.Prompt == _draft.Prompt && _token is null ? (branch.Prompt, branch.Tokens)
            : _branch is { } looked && _token is { } index && looked.Prompt == _draft.Prompt ? (looked.Prompt, [.. looked.Tokens.Take(index)])
            : (_draft.Prompt, []);
        var asked = (model, prompt, tokens.Count == 0 ? 0 : _branch!.Id, tokens.Count);
        if (_asked == asked) return;
        _asked = asked;
        _isReading = true;
        try
        {
            _next = await Models.PredictAsync(model, _draft.Request(prompt, tokens), cancellationToken);
            _nextProblem = null;
        }
        catch (Exception e) when (e is ModelUnavailableException or ContextLengthException or ArgumentException)
        {
            (_next, _nextProblem) = (null, e.Message);
        }
        catch (OperationCanceledException)
        {
            _asked = null; // asked again when the browser is back
        }
        finally
        {
            _isReading = false;
        }

        Draw();
        StateHasChanged();
    }

    private void Draw()
    {
        try
        {
            _picture = _problems.Count == 0 ? _next?.Picture(_draft.Settings, NamedTokens) : _picture;
        }
        catch (ArgumentException e)
        {
            (_picture, _nextProblem) = (null, e.Message); // logits that are no numbers
        }
    }

    private void Look(int? index) => _token = index;

    private void Take(int index, Alternative alternative)
    {
        _token = null;
        Write(session => session.BranchAt(index, alternative));
        Take();
    }

    private void Write(Action<StudioSession> write, int count = 1)
    {
        if (Turn.Take(_draft.Settings.MaxTokens, count)) write(_session);
    }

    private void BeginEdit() => _edited = _branch?.Text;

    private void KeepEdit()
    {
        Write(session => session.Edit(_edited ?? ""));
        _edited = null;
        Take();
    }

    private void Compare(int? id)
    {
        _otherId = id;
        Take();
    }

    private async Task RenameAsync(StudioBranch branch)
    {
        var dialog = await Dialogs.ShowAsync<TextDialog>("Name of the branch", new DialogParameters<TextDialog> { { dialog => dialog.Text, branch.Name ?? "" }, { dialog => dialog.Label, "Name" }, { dialog => dialog.Action, "Rename" } });
        if (await dialog.GetReturnValueAsync<string>() is { } name) _session.Rename(branch.Id, name);
    }

    private async Task SaveAsync()
    {
        var dialog = await Dialogs.ShowAsync<TextDialog>("Save the tree", new DialogParameters<TextDialog> { { dialog => dialog.Text, _session.Tree.Name }, { dialog => dialog.Label, "Name" }, { dialog => dialog.Action, "Save" } });
        if (await dialog.GetReturnValueAsync<string>() is not { Length: > 0 } name) return;
        try
        {
            Store.Save(_session.Name(name, Time.GetUtcNow()));
            Snackbar.Add($"“{name}” is saved.", Severity.Success);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Snackbar.Add($"The tree could not be saved. {e.Message}", Severity.Error);
        }

        Take();
    }

    private string Summary(StudioBranch branch)
    {
        var end = _isWriting ? "writing" : branch.End switch
        {
            FinishReason.EndOfText => "the model ended the text",
            FinishReason.StopString => "ended at a stop string",
            FinishReason.ContextFull => "the context is full",
            _ => null,
        };
        string?[] parts =
        [
            branch.Tokens.Count == 1 ? "1 token" : $"{Display.Count(branch.Tokens.Count)} tokens",
            branch.Loss is { } loss ? $"{Display.Loss(loss)} nats a token" : null,
            $"seed {branch.Settings.Seed}",
            end,
        ];
        return string.Join(" · ", parts.Where(part => part is not null));
    }
}

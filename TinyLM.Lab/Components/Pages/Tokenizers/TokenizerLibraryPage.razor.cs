using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Model.Data;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>All tokenizers of the lab.</summary>
public sealed partial class TokenizerLibraryPage
{
    private const int UndoMilliseconds = 10_000;

    private IReadOnlyList<TokenizerInfo> _tokenizers = [];
    private string? _problem;

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private ISnackbar Snackbar { get; set; } = null!;

    [Inject] private ILogger<TokenizerLibraryPage> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Refresh();

    private void Refresh() => _tokenizers = Library.List();

    private async Task RenameAsync(TokenizerInfo tokenizer)
    {
        var dialog = await Dialogs.ShowAsync<TextDialog>("Rename the tokenizer", new DialogParameters<TextDialog> { { one => one.Label, "Name" }, { one => one.Text, tokenizer.Name }, { one => one.Action, "Rename" } });
        if (await dialog.Result is { Canceled: false, Data: string name }) await DoAsync("renamed", tokenizer, () => Library.RenameAsync(tokenizer.Id, name));
    }

    private async Task DeleteAsync(TokenizerInfo tokenizer)
    {
        if (!await DoAsync("deleted", tokenizer, () => Library.DeleteAsync(tokenizer.Id))) return;
        Snackbar.Add($"“{tokenizer.Name}” was deleted. Runs that have begun keep their copy of it.", Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = UndoMilliseconds;
            options.OnClick = _ => InvokeAsync(async () =>
            {
                await DoAsync("taken back", tokenizer, () => Library.RestoreAsync(tokenizer.Id));
                StateHasChanged();
            });
        });
    }

    private async Task<bool> DoAsync(string what, TokenizerInfo tokenizer, Func<Task> command)
    {
        try
        {
            await command();
            _problem = null;
            return true;
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Tokenizer {TokenizerId} could not be {What}.", tokenizer.Id, what);
            _problem = $"“{tokenizer.Name}” could not be {what}: {e.Message}";
            return false;
        }
        finally
        {
            Refresh();
        }
    }

    private static string PageOf(TokenizerInfo tokenizer) => $"/tokenizers/library/{Uri.EscapeDataString(tokenizer.Id)}";

    private static string OriginOf(TokenizerInfo tokenizer) => tokenizer.Origin switch
    {
        TokenizerOrigin.BuiltIn => "built in",
        TokenizerOrigin.Trained => "trained",
        TokenizerOrigin.Imported => "from a file",
        _ => "of a run",
    };
}

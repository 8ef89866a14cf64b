using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Library;
using TinyLM.Model.Data;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>All tokenizers of the lab.</summary>
public sealed partial class TokenizerLibraryPage
{
    private IReadOnlyList<TokenizerInfo> _tokenizers = [];
    private string? _problem;

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private ILogger<TokenizerLibraryPage> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Refresh();

    private void Refresh() => _tokenizers = Library.List();

    private async Task DeleteAsync(TokenizerInfo tokenizer)
    {
        var sure = await Dialogs.ShowMessageBoxAsync("Delete this tokenizer?", $"“{tokenizer.Name}” is removed from the library. Runs that have begun keep their copy of it.", yesText: "Delete", cancelText: "Keep");
        if (sure != true) return;
        try
        {
            await Library.DeleteAsync(tokenizer.Id);
            _problem = null;
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Tokenizer {TokenizerId} could not be deleted.", tokenizer.Id);
            _problem = $"The tokenizer could not be deleted: {e.Message}";
        }

        Refresh();
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

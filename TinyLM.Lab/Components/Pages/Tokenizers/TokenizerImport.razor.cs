using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>Takes tokenizer files into the library; what is not sound leaves nothing behind.</summary>
public sealed partial class TokenizerImport
{
    private const long LargestFile = 256 << 20;

    private static readonly (SplitPattern, string)[] s_patterns =
        [(SplitPattern.Cl100k, "GPT-4 (cl100k)"), (SplitPattern.O200k, "GPT-4o (o200k)"), (SplitPattern.Gpt2, "GPT-2"), (SplitPattern.Gpt4, "Llama 3, nanochat"), (SplitPattern.Qwen2, "Qwen 2"), (SplitPattern.None, "none")];

    private readonly List<Outcome> _outcomes = [];
    private SplitPattern _pattern = SplitPattern.Cl100k;
    private string _specials = "";
    private bool _isReading;

    /// <summary>Told when the library has grown.</summary>
    [Parameter] public EventCallback OnAdded { get; set; }

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private ILogger<TokenizerImport> Logger { get; set; } = null!;

    private async Task AddAsync(InputFileChangeEventArgs chosen)
    {
        _outcomes.Clear();
        _isReading = true;
        var files = chosen.GetMultipleFiles(maximumFileCount: 20);
        foreach (var together in Together(files)) await AddAsync(together);
        _isReading = false;
    }

    /// <summary>A vocabulary and its merges are one tokenizer; every other file is one of its own.</summary>
    private static IEnumerable<IReadOnlyList<IBrowserFile>> Together(IReadOnlyList<IBrowserFile> files)
    {
        if (files.Count == 2 && files.Any(file => file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) && files.Any(IsMerges)) return [files];
        return files.Select(file => (IReadOnlyList<IBrowserFile>)[file]);
    }

    private static bool IsMerges(IBrowserFile file) => file.Name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || file.Name.EndsWith(".bpe", StringComparison.OrdinalIgnoreCase);

    private async Task AddAsync(IReadOnlyList<IBrowserFile> files)
    {
        var name = string.Join(" and ", files.Select(file => file.Name));
        var uploads = files.Select(file => new TokenizerUpload(file.Name, file.OpenReadStream(LargestFile))).ToList();
        try
        {
            var options = new TokenizerImportOptions
            {
                Split = new TextSplit(_pattern),
                SpecialTokens = _specials.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries),
            };
            var added = await Library.AddAsync(Path.GetFileNameWithoutExtension(files[0].Name), uploads, files.Any(IsTiktoken) ? options : new TokenizerImportOptions());
            _outcomes.Add(new Outcome(true, $"“{added.Name}” is in the library: {Display.Count(added.VocabularySize)} ids."));
            await OnAdded.InvokeAsync();
        }
        catch (Exception e)
        {
            Logger.LogInformation(e, "Tokenizer {Name} was not added.", name);
            _outcomes.Add(new Outcome(false, $"“{name}” was not added. {e.Message}"));
        }
        finally
        {
            foreach (var upload in uploads) await upload.Content.DisposeAsync();
        }
    }

    private static bool IsTiktoken(IBrowserFile file) => file.Name.EndsWith(".tiktoken", StringComparison.OrdinalIgnoreCase);
}

using TinyLM.Model.Tokenization.Normalization;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>What a file does to text before it is cut.</summary>
internal sealed class SentencePieceNormalizer
{
    private const string Known = "it reads Precompiled, Replace of spaces by one, and Prepend ▁ with Replace of spaces by ▁ or the pre-tokenizer Metaspace";

    /// <summary>Reads it.</summary>
    /// <exception cref="TokenizerFormatException">It does what the lab does not know.</exception>
    public SentencePieceNormalizer(JsonPart normalizer, JsonPart preTokenizer)
    {
        var steps = new Queue<JsonPart>(normalizer.IsNull ? [] : normalizer.Type == "Sequence" ? normalizer.Member("normalizers").Items() : [normalizer]);
        if (Next(steps, step => step.Type == "Precompiled") is { } rules) CharacterMap = ReadRules(rules.Member("precompiled_charsmap"));
        if (Next(steps, step => IsReplace(step, "Regex", SentencePieceJson.SpacesAtEnds, "") || (!preTokenizer.IsNull && IsReplace(step, "Regex", SentencePieceJson.SpacesAtEnd, ""))) is not null)
            DropsSpaces = Next(steps, step => IsReplace(step, "Regex", SentencePieceJson.Spaces, " ")) is not null ? true : throw normalizer.Error($"spaces are dropped at the ends only; {Known}");
        if (preTokenizer.IsNull)
        {
            AddsSpace = Next(steps, step => step.Type == "Prepend" && step.Member("prepend").Text() == SentencePieceJson.Mark) is not null;
            if (Next(steps, step => IsReplace(step, "String", " ", SentencePieceJson.Mark)) is null) throw normalizer.Error($"found {normalizer.Found} without the Replace of spaces by ▁; {Known}");
        }
        else
        {
            if (preTokenizer.Type != "Metaspace" || preTokenizer.Member("replacement").Text() != SentencePieceJson.Mark) throw preTokenizer.Error($"found {preTokenizer.Found}; {Known}");
            var scheme = preTokenizer["prepend_scheme"];
            (AddsSpace, KeepsSymbolsInside) = !scheme.IsNull ? scheme.Text() switch
            {
                "always" => (true, false),
                "first" => (true, true),
                "never" => (false, true),
                var other => throw scheme.Error($"found \"{other}\"; expected always, first or never"),
            } : (preTokenizer["add_prefix_space"].Flag(otherwise: true), false);
            SplitsWords = preTokenizer["split"].Flag(otherwise: true);
        }
        if (steps.TryPeek(out var unknown)) throw unknown.Error($"found {unknown.Found}, which the lab does not know here; {Known}");
    }

    /// <summary>What is replaced before anything else.</summary>
    public CharacterMap? CharacterMap { get; }

    /// <summary>Whether a space is put before a text.</summary>
    public bool AddsSpace { get; }

    /// <summary>Whether spaces at the ends are dropped and several within made one.</summary>
    public bool DropsSpaces { get; }

    /// <summary>Whether what stands behind an added token goes on the text before it: no space is put there.</summary>
    public bool KeepsSymbolsInside { get; }

    /// <summary>Whether text is cut before each space.</summary>
    public bool SplitsWords { get; }

    private static JsonPart? Next(Queue<JsonPart> steps, Func<JsonPart, bool> isThis) => steps.TryPeek(out var step) && isThis(step) ? steps.Dequeue() : null;

    private static bool IsReplace(JsonPart step, string kind, string pattern, string content) =>
        step.Type == "Replace" && step["pattern"][kind] is { IsNull: false } found && found.Text() == pattern && step.Member("content").Text() == content;

    private static CharacterMap ReadRules(JsonPart rules)
    {
        try
        {
            return new CharacterMap(Convert.FromBase64String(rules.Text()));
        }
        catch (FormatException e)
        {
            throw rules.Error(e.Message.TrimEnd('.'));
        }
    }
}

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>The <c>added_tokens</c> of a <c>tokenizer.json</c>.</summary>
internal static class AddedTokens
{
    /// <summary>Reads them; those that the vocabulary lacks are added to it.</summary>
    public static List<SpecialToken> Read(JsonPart whole, VocabularyReader vocabulary)
    {
        var special = new List<SpecialToken>();
        foreach (var added in whole.Member("added_tokens").Items())
        {
            var content = added.Member("content").Text();
            if (content.Length == 0) throw added["content"].Error("an added token needs a text");
            foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
                if (added[flag].Flag(otherwise: false)) throw added[flag].Error($"found true for \"{content}\"; the lab reads added tokens as they stand, nothing around them");
            if (!vocabulary.Ids.TryGetValue(content, out var known)) vocabulary.Add(content, added.Member("id"));
            else if (VocabularyReader.IdOf(content, added.Member("id")) != known) throw added["id"].Error($"\"{content}\" has id {added["id"].Found}, and {known} in the vocabulary");
            if (special.Any(token => token.Text == content)) throw added.Error($"\"{content}\" stands there twice");
            special.Add(new SpecialToken(content, vocabulary.Ids[content]) { IsPartOfText = !added["special"].Flag(otherwise: false) });
        }
        return special;
    }
}

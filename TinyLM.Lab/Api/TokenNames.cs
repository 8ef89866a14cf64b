using System.Text;
using System.Text.Unicode;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Api;

/// <summary>The texts by which answers name tokens.</summary>
internal static class TokenNames
{
    /// <summary>A token's text; where its bytes are no whole characters, they are spelled out as in <c>bytes:\xe2\x80</c>.</summary>
    public static string NameOf(this TextTokenizer tokenizer, int id)
    {
        if (tokenizer.FindSpecial(id) is { } special) return special.Text;
        if (!tokenizer.HasToken(id)) return $"token {id}"; // a model may know more ids than its tokenizer
        var bytes = tokenizer.TokenBytes(id).Span;
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : $"bytes:{string.Concat(Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => $"\\x{pair[0]}{pair[1]}"))}";
    }
}

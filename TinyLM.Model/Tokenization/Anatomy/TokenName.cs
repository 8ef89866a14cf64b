namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How vocabulary files name a token of bytes: in GPT-2's writing, where a space is <c>Ġ</c> and a line end <c>Ċ</c>.</summary>
public static class TokenName
{
    /// <summary>The name of the token with these bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => ByteLevel.ToText(bytes);
}

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>One token of a text and where it stands there.</summary>
/// <param name="Index">Its place among the tokens.</param>
/// <param name="Id">Its id.</param>
/// <param name="Form">How its bytes lie in characters.</param>
/// <param name="ByteStart">Where its bytes begin, in the bytes of the text.</param>
/// <param name="ByteLength">Number of its bytes.</param>
/// <param name="CharStart">UTF-16 units before the first character that it has a byte of.</param>
/// <param name="CharLength">UTF-16 units of all characters that it has a byte of.</param>
public readonly record struct TokenPlace(int Index, int Id, TokenForm Form, int ByteStart, int ByteLength, int CharStart, int CharLength);

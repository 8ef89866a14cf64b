namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>A token of a text while a vocabulary is learned from it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ByteStart">Where its bytes begin.</param>
/// <param name="ByteLength">Number of its bytes.</param>
/// <param name="BeginsChunk">Whether no merge can join it to the token before it, because the split pattern cuts there.</param>
/// <param name="JoinsNext">Whether the next merge joins it to the token behind it.</param>
public readonly record struct TraceToken(int Id, int ByteStart, int ByteLength, bool BeginsChunk, bool JoinsNext);

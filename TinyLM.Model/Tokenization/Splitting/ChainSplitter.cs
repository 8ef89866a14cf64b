namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>Cuts by one splitter and each of its chunks by another, which sees nothing around the chunk.</summary>
internal sealed class ChainSplitter(TextSplitter first, TextSplitter second) : TextSplitter
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<int> ends, int offset = 0)
    {
        var outer = new List<int>();
        first.Split(text, outer);
        var start = 0;
        foreach (var end in outer)
        {
            second.Split(text[start..end], ends, offset + start);
            start = end;
        }
    }
}

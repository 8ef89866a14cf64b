using System.Globalization;
using System.Text;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>Which tokens of a vocabulary a person wants to see, and in which order.</summary>
/// <param name="Search">Text that the token holds, its name in files, or its id.</param>
/// <param name="Order">The order.</param>
/// <param name="OnlyUnused">Whether only tokens that the counted text never uses are wanted.</param>
public sealed record VocabularyQuery(string Search = "", VocabularyOrder Order = VocabularyOrder.Id, bool OnlyUnused = false)
{
    /// <summary>The ids that are wanted, in order.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="statistics">How often each token occurs; null where nothing was counted, which sorts all alike.</param>
    public IReadOnlyList<int> Find(TextTokenizer tokenizer, VocabularyStatistics? statistics)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var ids = Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.HasToken);
        if (OnlyUnused && statistics is not null) ids = ids.Where(id => statistics.Counts[id] == 0);
        if (Search.Length > 0) ids = ids.Where(id => Matches(tokenizer, id));
        return Order switch
        {
            VocabularyOrder.Longest => [.. ids.OrderByDescending(id => tokenizer.TokenBytes(id).Length)],
            VocabularyOrder.Frequent when statistics is not null => [.. ids.OrderByDescending(id => statistics.Counts[id])],
            VocabularyOrder.Rare when statistics is not null => [.. ids.OrderBy(id => statistics.Counts[id])],
            VocabularyOrder.Alphabetical => [.. ids.OrderBy(id => tokenizer.TokenBytes(id), ByteOrder.Instance)],
            _ => [.. ids],
        };
    }

    private bool Matches(TextTokenizer tokenizer, int id)
    {
        if (tokenizer.FindSpecial(id) is { } special) return special.Text.Contains(Search, StringComparison.OrdinalIgnoreCase) || IsId(id);
        var bytes = tokenizer.TokenBytes(id).Span;
        return IsId(id) || Encoding.UTF8.GetString(bytes).Contains(Search, StringComparison.OrdinalIgnoreCase) || TokenName.Of(bytes).Contains(Search, StringComparison.Ordinal);
    }

    private bool IsId(int id) => int.TryParse(Search, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) && wanted == id;

    private sealed class ByteOrder : IComparer<ReadOnlyMemory<byte>>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
    }
}

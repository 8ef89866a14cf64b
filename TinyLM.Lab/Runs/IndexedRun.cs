using System.Text;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs;

/// <summary>A row of the index.</summary>
internal sealed class IndexedRun
{
    /// <summary>Id of the run.</summary>
    public string Id { get; set; } = "";

    /// <summary>Version of the shape of <see cref="Summary"/>.</summary>
    public int Version { get; set; }

    /// <summary>The files that the row was made from; with others the row is behind.</summary>
    public string Fingerprint { get; set; } = "";

    /// <summary>The <see cref="RunSummary"/> as JSON: LiteDB's own mapping rounds times and knows no required members.</summary>
    public string Summary { get; set; } = "";

    /// <summary>CRC-32C of all the others: LiteDB has no sums of its own.</summary>
    public long Sum { get; set; }

    /// <summary>What <see cref="Sum"/> must be.</summary>
    public long SumOfMembers() => Crc32C.Of(Encoding.UTF8.GetBytes($"{Id}\n{Version}\n{Fingerprint}\n{Summary}"));
}

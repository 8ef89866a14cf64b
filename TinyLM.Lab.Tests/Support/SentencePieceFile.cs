using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TinyLM.Lab.Tests;

/// <summary>SentencePiece's <c>.model</c>, written piece by piece.</summary>
internal sealed record SentencePieceFile
{
    /// <summary>The format's kinds of pieces.</summary>
    public const byte Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, ByteValue = 6;

    /// <summary>The format's numbers of model types.</summary>
    public const byte Unigram = 1, BytePairs = 2;

    /// <summary>The first three pieces of every model: unknown, beginning, end.</summary>
    public static readonly (string Text, float Score, byte Type)[] FirstPieces = [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control)];

    /// <summary>The pieces of the 256 bytes.</summary>
    public static readonly (string Text, float Score, byte Type)[] Bytes =
        [.. Enumerable.Range(0, 256).Select(value => (string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), 0f, ByteValue))];

    /// <summary>A BPE model without rules that keeps every space.</summary>
    public static byte[] Small { get; } = new SentencePieceFile
    {
        Pieces =
        [
            .. FirstPieces, .. Bytes, ("▁t", 0f, Normal), ("he", -1f, Normal), ("▁the", -2f, Normal),
            .. "▁theox狐".Select((unit, i) => (unit.ToString(), -3f - i, Normal)),
        ],
    }.Write();

    /// <summary>A unigram model without bytes, with a rule that makes ﬁ to fi.</summary>
    public static byte[] SmallUnigram { get; } = new SentencePieceFile
    {
        Pieces = [.. FirstPieces, .. "▁theoxfi狐".Select((unit, i) => (unit.ToString(), -3f - i, Normal)), ("▁the", -2f, Normal)],
        ModelType = Unigram,
        CharacterMap = CharacterMapOf(new Dictionary<string, string> { ["ﬁ"] = "fi" }),
    }.Write();

    /// <summary>All pieces, by id.</summary>
    public required IReadOnlyList<(string Text, float Score, byte Type)> Pieces { get; init; }

    /// <summary>How text is cut.</summary>
    public byte ModelType { get; init; } = BytePairs;

    /// <summary>Whether spaces at the ends are dropped and several made one.</summary>
    public bool DropsSpaces { get; init; }

    /// <summary>The <c>precompiled_charsmap</c>; empty for none.</summary>
    public byte[] CharacterMap { get; init; } = [];

    /// <summary>The file.</summary>
    public byte[] Write()
    {
        List<byte> model = [];
        foreach (var (text, score, type) in Pieces)
            model.AddRange(Field(1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), 0x18, type]));
        model.AddRange(Field(2, [0x18, ModelType, .. Pieces.Any(piece => piece.Type == ByteValue) ? (byte[])[0x98, 0x02, 1] : []])); // field 35: byte_fallback
        model.AddRange(Field(3, [.. CharacterMap.Length > 0 ? Field(2, CharacterMap) : [], 0x20, DropsSpaces ? (byte)1 : (byte)0]));
        return [.. model];
    }

    /// <summary>The <c>precompiled_charsmap</c> of rules: a double array in the form of darts-clone and the texts.</summary>
    public static byte[] CharacterMapOf(IReadOnlyDictionary<string, string> rules)
    {
        List<byte> texts = [];
        var units = new List<uint>(new uint[1024]);
        var isTaken = new HashSet<int> { 0 };
        Place(0, 0, [.. rules.Select(rule => (Key: Encoding.UTF8.GetBytes(rule.Key), rule.Value))]);

        var content = new byte[4 + units.Count * 4];
        BinaryPrimitives.WriteUInt32LittleEndian(content, (uint)(units.Count * 4));
        foreach (var (index, unit) in units.Index()) BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4 + index * 4), unit);
        return [.. content, .. texts];

        void Place(int node, int depth, (byte[] Key, string Value)[] below)
        {
            var ends = below.Where(rule => rule.Key.Length == depth).ToArray();
            var children = below.Where(rule => rule.Key.Length > depth).GroupBy(rule => rule.Key[depth]).ToArray();
            int[] labels = [.. ends.Select(_ => 0), .. children.Select(child => (int)child.Key)];
            var offset = Enumerable.Range(1, 1 << 20).First(offset => labels.All(label => !isTaken.Contains(node ^ offset ^ label)));
            units[node] |= (uint)offset << 10 | (ends.Length > 0 ? 1u << 8 : 0);
            foreach (var label in labels)
            {
                isTaken.Add(node ^ offset ^ label);
                while (units.Count <= (node ^ offset ^ label)) units.Add(0);
            }
            foreach (var (_, value) in ends)
            {
                units[node ^ offset] = 1u << 31 | (uint)texts.Count;
                texts.AddRange([.. Encoding.UTF8.GetBytes(value), 0]);
            }
            foreach (var child in children)
            {
                units[node ^ offset ^ child.Key] = child.Key;
                Place(node ^ offset ^ child.Key, depth + 1, [.. child]);
            }
        }
    }

    private static byte[] Field(int number, byte[] content)
    {
        List<byte> field = [(byte)(number << 3 | 2)];
        var length = content.Length;
        for (; length >= 0x80; length >>= 7) field.Add((byte)(length | 0x80));
        return [.. field, (byte)length, .. content];
    }
}

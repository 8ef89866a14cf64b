using System.Globalization;
using System.Text;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Files of SentencePiece.</summary>
internal static class SentencePieceModel
{
    /// <summary>A model as SentencePiece writes it: 3 special pieces, 256 bytes, some pieces; BPE, no normalizer, every space kept.</summary>
    public static byte[] Small()
    {
        List<byte> model = [];
        (string Text, float Score, byte Type)[] pieces =
        [
            ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), .. Enumerable.Range(0, 256).Select(value => (string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), 0f, (byte)6)),
            ("▁t", 0f, 1), ("he", -1f, 1), ("▁the", -2f, 1), .. "▁theox狐".Select((unit, i) => (unit.ToString(), -3f - i, (byte)1)),
        ];
        foreach (var (text, score, type) in pieces)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            byte[] piece = [0x0A, (byte)utf8.Length, .. utf8, 0x15, .. BitConverter.GetBytes(score), 0x18, type];
            model.AddRange([0x0A, (byte)piece.Length, .. piece]);
        }
        return [.. model, 0x12, 2, 0x18, 2, 0x1A, 2, 0x20, 0];
    }
}

using System.Buffers.Binary;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Damages files at random: bytes, numbers that mean something at a multiple of four, cuts, additions, exchanged parts; most of it in the header.</summary>
/// <param name="random">Decides.</param>
internal sealed class FileMutator(Random random)
{
    private static readonly int[] s_telling = [0, 1, -1, 2, 7, 255, 256, 65_536, int.MaxValue, int.MinValue, 1 << 30, 20240326, 20240328, 0x616b3432];

    /// <summary>A damaged copy.</summary>
    /// <param name="sound">The file.</param>
    /// <param name="headerLength">Bytes at its start that are damaged more often than the rest.</param>
    public byte[] Mutate(byte[] sound, int headerLength)
    {
        var bytes = sound.ToArray();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            if (bytes.Length == 0) return bytes;
            var at = random.Next(5) > 0 ? random.Next(Math.Min(headerLength, bytes.Length)) : random.Next(bytes.Length);
            switch (random.Next(12))
            {
                case < 4:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case < 6:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case < 9 when at / 4 * 4 + 4 <= bytes.Length:
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at / 4 * 4), s_telling[random.Next(s_telling.Length)]);
                    break;
                case 9:
                    bytes = bytes[..at];
                    break;
                case 10:
                    bytes = [.. bytes, (byte)random.Next(256)];
                    break;
                default:
                    var length = Math.Min(random.Next(1, 16), bytes.Length - at);
                    bytes = [.. bytes[..at], .. bytes.AsSpan(random.Next(bytes.Length - length + 1), length), .. bytes[(at + length)..]];
                    break;
            }
        }

        return bytes;
    }
}

using System.Text;

namespace TinyLM.Lab.Commands.Tokenizers;

/// <summary>Reads what a command is given: files, or the standard input.</summary>
internal static class TextInput
{
    private const string StandardInput = "-";

    /// <summary>The text of all of it, one after the other.</summary>
    /// <exception cref="InvalidDataException">It is not UTF-8; the message names the file and the byte.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<string> ReadAsync(string[]? files, Func<Stream> input, CancellationToken cancellationToken) =>
        string.Concat(await ReadEachAsync(files, input, cancellationToken));

    /// <summary>The text of each file.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<IReadOnlyList<string>> ReadEachAsync(string[]? files, Func<Stream> input, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        foreach (var file in files is { Length: > 0 } ? files : [StandardInput])
        {
            await using var stream = file == StandardInput ? input() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var content = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length, Array.MaxLength) : 0);
            await stream.CopyToAsync(content, cancellationToken);
            var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            try
            {
                texts.Add(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes));
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidDataException($"{(file == StandardInput ? "The standard input" : file)}, at byte {e.Index}: expected text in UTF-8, found bytes that are none.", e);
            }
        }
        return texts;
    }
}

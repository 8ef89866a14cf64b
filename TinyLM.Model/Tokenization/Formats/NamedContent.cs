using System.Text.Json;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>A file as a person gave it.</summary>
/// <param name="name">Its name, for messages.</param>
/// <param name="bytes">Its content.</param>
internal sealed class NamedContent(string name, byte[] bytes)
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 256 << 20;

    /// <summary>Its name, for messages.</summary>
    public string Name => name;

    /// <summary>Its content.</summary>
    public byte[] Bytes => bytes;

    /// <summary>What is wrong with it, and where.</summary>
    public TokenizerFormatException Error(string place, string problem) => new($"{name}, {place}: {problem}.");

    /// <summary>Parses it as JSON.</summary>
    /// <exception cref="TokenizerFormatException">It is no JSON, or holds a string that is no text.</exception>
    public T ReadJson<T>(Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException($"{name}, line {e.LineNumber + 1}: the file is no JSON. {e.Message}", e);
        }
        catch (InvalidOperationException e) // half of a pair of surrogates in an escape
        {
            throw new TokenizerFormatException($"{name}: the file holds a string that is no text. {e.Message}", e);
        }
    }
}

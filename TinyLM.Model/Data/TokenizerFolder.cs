using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Data;

/// <summary>A tokenizer of the library on disk: <c>tokenizer.json</c>, which never changes, and <c>tokenizer_info.json</c>.</summary>
/// <param name="path">The folder.</param>
public sealed class TokenizerFolder(string path)
{
    private const int LongestName = 200;

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>The tokenizer.</summary>
    public string TokenizerPath => System.IO.Path.Combine(path, "tokenizer.json");

    /// <summary>Its description.</summary>
    public string InfoPath => System.IO.Path.Combine(path, "tokenizer_info.json");

    /// <summary>A new id: the time and a random number.</summary>
    public static string NewId(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

    /// <summary>A name as a person gave it, without what no list could show.</summary>
    public static string NameFrom(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = string.Concat(name.Where(unit => !char.IsControl(unit))).Trim();
        if (name.Length == 0) return "Unnamed";
        return name.Length <= LongestName ? name : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
    }

    /// <summary>Writes a tokenizer and its description into this folder, which exists and is not yet in place.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="info">What is known of it; kind, size and sum are put in.</param>
    /// <returns>The whole description.</returns>
    /// <exception cref="NotSupportedException">tokenizer.json cannot say what it does.</exception>
    public TokenizerInfo Fill(TextTokenizer tokenizer, TokenizerInfo info)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(info);
        tokenizer.Save(TokenizerPath);
        info = info with { Kind = tokenizer.Kind, VocabularySize = tokenizer.VocabularySize, Sha256 = Sha256() };
        File.WriteAllText(InfoPath, JsonSerializer.Serialize(info, RunJson.Indented));
        return info;
    }

    /// <summary>Reads the description.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public TokenizerInfo ReadInfo()
    {
        try
        {
            return JsonSerializer.Deserialize<TokenizerInfo>(File.ReadAllText(InfoPath), RunJson.Indented) ?? throw new InvalidDataException($"{InfoPath}: expected an object, found null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{InfoPath}, line {e.LineNumber + 1}, at {e.Path}: {e.Message}", e);
        }
    }

    /// <summary>Writes the description anew.</summary>
    public void WriteInfo(TokenizerInfo info) => DurableFile.WriteAllText(InfoPath, JsonSerializer.Serialize(info, RunJson.Indented));

    /// <summary>The sum of the tokenizer's file, lower-case hex.</summary>
    public string Sha256()
    {
        using var stream = File.OpenRead(TokenizerPath);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Security;

/// <summary>The two secrets that let people into a lab on the network. They stand in the data directory, so that a class gets in again after a restart.</summary>
/// <remarks>256 random bits each: guessing is hopeless at any rate, so guesses are not slowed down.</remarks>
internal sealed class AccessTokens
{
    private const int ByteCount = 32;

    private AccessTokens(TokenPair tokens) => (Teacher, Viewer) = (tokens.Teacher, tokens.Viewer);

    /// <summary>Opens everything.</summary>
    public string Teacher { get; }

    /// <summary>Opens what viewers may do.</summary>
    public string Viewer { get; }

    /// <summary>The tokens of a data directory; made where there are none. Only the owner of the file can read it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; in words.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static AccessTokens Of(LabDirectory directory)
    {
        if (File.Exists(directory.AccessPath)) return new AccessTokens(Read(directory.AccessPath));
        var made = new TokenPair(Make(), Make());
        Directory.CreateDirectory(directory.Path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(directory.AccessPath, options);
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(made, RunJson.Indented)));
        file.Flush(flushToDisk: true);
        return new AccessTokens(made);
    }

    /// <summary>What a token opens. Takes the same time whatever its letters are.</summary>
    public Role RoleOf(string? token)
    {
        var shown = Encoding.UTF8.GetBytes(token ?? "");
        var isTeacher = CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes(Teacher));
        var isViewer = CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes(Viewer));
        return isTeacher ? Role.Teacher : isViewer ? Role.Viewer : Role.None;
    }

    private static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(ByteCount));

    private static TokenPair Read(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // a copied directory may have lost it
        try
        {
            if (JsonSerializer.Deserialize<TokenPair>(File.ReadAllText(path), RunJson.Strict) is { } tokens && IsToken(tokens.Teacher) && IsToken(tokens.Viewer) && tokens.Teacher != tokens.Viewer) return tokens;
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
        throw Damaged(path, null);
    }

    private static bool IsToken(string? text) => text is not null && Base64Url.IsValid(text, out var length) && length == ByteCount;

    private static InvalidDataException Damaged(string path, Exception? inner) =>
        new($"'{path}' does not hold two different tokens of {ByteCount} bytes. Delete it, and the lab makes new ones; the links change with them.", inner);

    private sealed record TokenPair(string Teacher, string Viewer);
}

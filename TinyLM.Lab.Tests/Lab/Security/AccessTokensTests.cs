using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>The secrets of a lab on the network.</summary>
public sealed class AccessTokensTests : IDisposable
{
    private readonly TempLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Tokens_AreTwoOf256Bits_AndOpenTheirRoleAlone()
    {
        var tokens = AccessTokens.Of(_lab.Directory);

        Assert.All((string[])[tokens.Teacher, tokens.Viewer], token => Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(token).Length));
        Assert.Equal((Role.Teacher, Role.Viewer), (tokens.RoleOf(tokens.Teacher), tokens.RoleOf(tokens.Viewer)));
        Assert.All((string?[])[null, "", tokens.Teacher[..^1], tokens.Teacher + "A", tokens.Teacher.ToUpperInvariant(), tokens.Viewer + "\0"], token => Assert.Equal(Role.None, tokens.RoleOf(token)));
    }

    [Fact]
    public void Tokens_AfterARestart_AreTheSame_AndOthersInAnotherLab()
    {
        using var other = new TempLab();

        var (first, again, elsewhere) = (AccessTokens.Of(_lab.Directory), AccessTokens.Of(_lab.Directory), AccessTokens.Of(other.Directory));

        Assert.Equal((first.Teacher, first.Viewer), (again.Teacher, again.Viewer));
        Assert.Equal(4, new HashSet<string>([first.Teacher, first.Viewer, elsewhere.Teacher, elsewhere.Viewer]).Count);
    }

    [Fact]
    public void TokenFile_IsTheOwnersAlone_AlsoAfterItWasCopied()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no mode bits; the file inherits the directory's rights.");
            return;
        }

        _ = AccessTokens.Of(_lab.Directory);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_lab.Directory.AccessPath));
        File.SetUnixFileMode(_lab.Directory.AccessPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        _ = AccessTokens.Of(_lab.Directory);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_lab.Directory.AccessPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"teacher": "", "viewer": ""}""")]
    [InlineData("""{"teacher": "c2hvcnQ", "viewer": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"teacher": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "viewer": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    public void TokenFile_ThatIsDamaged_OpensNothing(string content)
    {
        File.WriteAllText(_lab.Directory.AccessPath, content);

        Assert.Contains("Delete it", Assert.Throws<InvalidDataException>(() => AccessTokens.Of(_lab.Directory)).Message, StringComparison.Ordinal);
    }
}

using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Models;

namespace TinyLM.Lab.Tests.Lab.Models;

public class StopScannerTests
{
    [Fact]
    public void Append_StopStringOverSeveralPieces_ShowsNothingOfIt()
    {
        var scanner = new StopScanner(["\n\nQ:", "END"]);

        Assert.Equal("a", scanner.Append("a"));
        Assert.Equal("", scanner.Append("\n"));
        Assert.Equal("", scanner.Append("\n"));
        Assert.Equal("\n\n b", scanner.Append(" b"));
        Assert.Equal("", scanner.Append("E"));
        Assert.False(scanner.IsStopped);
        Assert.Equal("", scanner.Append("ND of it"));
        Assert.True(scanner.IsStopped);
        Assert.Equal("", scanner.Flush());
    }

    [Property(MaxTest = 500)]
    public Property Append_AnyPieces_GivesTheTextUpToTheFirstStop()
    {
        var letters = Gen.Elements("a", "b", "ab", "ba", "aab");
        return Prop.ForAll(letters.ListOf().ToArbitrary(), letters.NonEmptyListOf().ToArbitrary(), (pieces, stops) =>
        {
            string[] longer = [.. stops.Take(3).Select(stop => stop + "b")];
            var whole = string.Concat(pieces);
            var scanner = new StopScanner(longer);

            var text = "";
            foreach (var piece in pieces)
            {
                text += scanner.Append(piece);
                if (scanner.IsStopped) break;
            }
            text += scanner.Flush();

            // Of all stops the one that is whole first ends the text; where several are whole with the same piece, the one that begins first.
            var found = longer.Any(stop => whole.Contains(stop, StringComparison.Ordinal));
            Assert.Equal(found, scanner.IsStopped);
            Assert.StartsWith(text, whole, StringComparison.Ordinal);
            Assert.DoesNotContain(longer, stop => text.Contains(stop, StringComparison.Ordinal));
            if (!found) Assert.Equal(whole, text);
        });
    }
}

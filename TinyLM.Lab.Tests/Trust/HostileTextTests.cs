using System.Text;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Texts that are made to break something: they are cut into tokens within bounds, come back whole, and reach no terminal as they are.</summary>
public sealed class HostileTextTests
{
    private const int Bytes = 1_000_000;

    /// <summary>Far more than the slowest takes on a busy machine, and far less than anything of n² would.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    private static readonly (string Name, string Unit)[] s_units =
    [
        ("spaces", " "), ("one letter", "a"), ("combining marks", "e\u0301\u0316\u0334"), ("nothing but marks", "\u0301"), ("bidirectional marks", "\u202E\u2066\u200F"),
        ("terminal escapes", "\u001b[2J\u001b]0;x\u0007"), ("line ends", "\r\n"), ("zeros", "\0"), ("joined signs", "👩‍👩‍👧‍👦"), ("apostrophes", "'s'll've"),
        ("numbers", "1234567890"), ("Chinese", "狐狸"), ("invisible", "\u200B\uFEFF\u00AD"), ("tabs and spaces", "\t  \u00A0\u3000"), ("end of text", "<|endoftext|>"),
        ("brackets", "((((([[[[["), ("one byte pairs", "ab"), ("surrogate neighbours", "\uD7FF\uE000"), ("highest", "\U0010FFFF"), ("controls", "\u0080\u009B31m\u0085"),
    ];

    private static readonly Lazy<TextTokenizer>[] s_tokenizers =
    [
        new(() => BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2)),
        new(() => BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4)),
        new(() => BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4o)),
        new(() => TokenizerImport.Read([new ExportedFile("m.model", SentencePieceFile.Small)], new TokenizerImportOptions()).Tokenizer),
    ];

    [Fact]
    public void Text_OfAMegabyte_IsCutWithinBounds_AndComesBackWhole()
    {
        for (var trial = 0; trial < TrustCounts.Of(20, 200); trial++)
        {
            var (name, unit) = s_units[trial % s_units.Length];
            var text = string.Concat(Enumerable.Repeat(unit, Bytes / Encoding.UTF8.GetByteCount(unit)));
            if (trial >= s_units.Length) text = Mixed(new Random(trial));
            foreach (var tokenizer in s_tokenizers.Select(one => one.Value))
            {
                var start = TimeProvider.System.GetTimestamp();
                var ids = tokenizer.Encode(text);
                var decoded = tokenizer.Decode(ids);

                Assert.True(TimeProvider.System.GetElapsedTime(start) < s_bound, $"{name} took {TimeProvider.System.GetElapsedTime(start)}.");
                Assert.True(ids.Count <= Encoding.UTF8.GetByteCount(text) + 1, $"{name} became {ids.Count} tokens.");
                Assert.True(decoded == text, $"{name} came back as another text.");
            }
        }
    }

    /// <summary>Through the writer that every command writes by where a person looks at a terminal.</summary>
    [Fact]
    public void Terminal_ShowsNothingThatItWouldObey()
    {
        for (var trial = 0; trial < TrustCounts.Of(20, 200); trial++)
        {
            var text = trial < s_units.Length ? s_units[trial].Unit + " and " + s_units[trial].Unit : Mixed(new Random(trial));
            var shown = new StringWriter();
            var terminal = TerminalWriter.For(shown, isTerminal: true);

            terminal.Write(text);
            terminal.WriteLine(text);
            terminal.Write(text.ToCharArray(), 0, text.Length);

            Assert.DoesNotContain(shown.ToString(), c => (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'));
            Assert.DoesNotContain(TerminalWriter.Printable(text), c => char.IsControl(c) && c is not ('\n' or '\t'));
        }
    }

    /// <summary>The check must fail on a terminal that is written to as it comes; and a pipe gets the bytes as they are.</summary>
    [Fact]
    public void Pipe_GetsTheTextAsItIs()
    {
        var piped = new StringWriter();

        TerminalWriter.For(piped, isTerminal: false).Write("\u001b[2J");

        Assert.Equal("\u001b[2J", piped.ToString());
    }

    /// <summary>The program itself in a terminal, as <c>script</c> makes one: what it repeats of the command line has lost its escapes, and in a pipe it has them.</summary>
    [Fact]
    public async Task Program_InATerminal_ShowsNoEscapesOfOthers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "Needs the program script, which makes a terminal.");
        using var temp = new TempLab();
        var start = TinyLM.Lab.Hosting.OwnProgram.StartInfo(["train", "--data", temp.Directory.Path, "--resume", "\u001b[31mred"]);
        var command = string.Join(' ', start.ArgumentList.Prepend(start.FileName).Select(part => $"'{part}'"));

        var inTerminal = await OutputAsync("/usr/bin/script", "-qec", command, "/dev/null");
        var inPipe = await OutputAsync("/bin/sh", "-c", $"{command} 2>&1");

        Assert.Contains("There is no run '·[31mred'", inTerminal, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31m", inTerminal, StringComparison.Ordinal);
        Assert.Contains("There is no run '\u001b[31mred'", inPipe, StringComparison.Ordinal);

        static async Task<string> OutputAsync(string program, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return output;
        }
    }

    private static string Mixed(Random random)
    {
        var text = new StringBuilder();
        while (text.Length < Bytes / 3)
        {
            var (_, unit) = s_units[random.Next(s_units.Length)];
            for (var times = random.Next(1, 2_000); times > 0; times--) text.Append(unit);
        }

        return text.ToString();
    }
}

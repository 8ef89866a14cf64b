using System.Text;

namespace TinyLM.Lab.Commands;

/// <summary>Writes to a terminal what may hold anything: names that people gave, texts of corpora and of models. A terminal obeys escapes, and bidirectional marks turn lines around.</summary>
/// <remarks>Where the output is a file or a pipe nothing is changed: there the bytes count.</remarks>
/// <param name="terminal">The terminal.</param>
internal sealed class TerminalWriter(TextWriter terminal) : TextWriter
{
    /// <summary>What stands for a character that is not shown.</summary>
    public const char Substitute = '\u00B7';

    /// <inheritdoc/>
    public override Encoding Encoding => terminal.Encoding;

    /// <summary>An output as it is, or guarded where a terminal shows it.</summary>
    public static TextWriter For(TextWriter output, bool isTerminal) => isTerminal ? new TerminalWriter(output) : output;

    /// <summary>A text in which nothing is left that a terminal obeys, line ends and tabs apart.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (shown, text) =>
    {
        for (var i = 0; i < shown.Length; i++) shown[i] = IsObeyed(text[i]) ? Substitute : text[i];
    });

    /// <inheritdoc/>
    public override void Write(char value) => terminal.Write(IsObeyed(value) && value != '\r' ? Substitute : value);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count)
    {
        for (var i = index; i < index + count; i++) Write(buffer[i]);
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        foreach (var one in value ?? "") Write(one);
    }

    /// <inheritdoc/>
    public override void Flush() => terminal.Flush();

    /// <summary>Control characters of both sets, and the marks that change the direction of what follows (Unicode Standard Annex 9).</summary>
    private static bool IsObeyed(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

using TinyLM.Model.Tokenization.Formats;

namespace TinyLM.Model.Tokenization;

/// <summary>How conversations are written for a model, as its tokenizer's files say it.</summary>
/// <param name="Template">In Jinja's language; see <see cref="Jinja.JinjaTemplate"/>.</param>
/// <param name="BeginToken">The text of the token before a text; null where none is named.</param>
/// <param name="EndToken">The text of the token by which an answer ends; null where none is named.</param>
public sealed record ChatFormat(string Template, string? BeginToken, string? EndToken)
{
    /// <summary>Files of a model's folder in Hugging Face's form that hold it.</summary>
    public static IReadOnlyList<string> FileNames => ChatFormatFile.Names;

    /// <summary>Reads it from a folder in Hugging Face's form; null where it has none.</summary>
    /// <exception cref="TokenizerFormatException">A file is malformed; the message says where.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ChatFormat? Read(string folder) => ChatFormatFile.Read(folder);

    /// <summary>Writes it into such a folder.</summary>
    public void Write(string folder) => ChatFormatFile.Write(folder, this);
}

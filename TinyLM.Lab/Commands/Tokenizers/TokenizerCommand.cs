using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Commands.Tokenizers;

/// <summary><c>tokenizer</c>: learns tokenizers, cuts text, and writes tokenizers for other programs. Needs no lab, and works beside a running one.</summary>
/// <param name="dataPath">The option for the data directory.</param>
/// <param name="input">Opens the standard input.</param>
internal sealed class TokenizerCommand(Option<string?> dataPath, Func<Stream> input)
{
    private readonly Option<string> _tokenizer = new("--tokenizer", "-t")
    {
        Description = $"A built-in tokenizer ({string.Join(", ", BuiltInTokenizers.Ids)}), the id of one in the library, or a file or folder that holds one.",
        HelpName = "id or file",
        Required = true,
    };

    private readonly Option<string[]> _tokenizers = new("--tokenizer", "-t") { Description = "As for encode; given for each one to compare.", HelpName = "id or file", Required = true };

    private readonly Option<string?> _split = new("--pattern") { Description = "Split pattern of a rank file, which does not say its own.", HelpName = "name" };

    private readonly Option<bool> _special = new("--special") { Description = "Text that names a special token is that token; else it is text." };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    private readonly Option<string> _format = new("--format") { Description = $"The format: {string.Join(", ", TokenizerExport.Formats.Select(NameOf))}.", HelpName = "name", Required = true };

    private readonly Option<DirectoryInfo> _out = new("--out") { Description = "Folder that receives the files; default: this one.", HelpName = "folder", DefaultValueFactory = _ => new DirectoryInfo(".") };

    private readonly Argument<string[]> _files = new("files") { Description = "Files in UTF-8; none, or -, reads the standard input.", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The command under its name.</summary>
    public Command Create() => new("tokenizer", "Learn tokenizers, cut text with them, and write them for other programs.")
    {
        new TokenizerTrainCommand(dataPath, input).Create(),
        Command("encode", "Print the tokens of a text.", EncodeAsync, _tokenizer, _split, _special, _json, _files),
        Command("decode", "Print the text of tokens.", DecodeAsync, _tokenizer, _split, _json, _files),
        Command("compare", "Cut a text with several tokenizers and print how short each makes it.", CompareAsync, _tokenizers, _split, _special, _json, _files),
        Command("export", "Write a tokenizer in a format of another program.", ExportAsync, _tokenizer, _split, _format, _out, _json),
    };

    /// <summary>The name of a value of an enumeration in files and on the command line.</summary>
    public static string NameOf<T>(T value) where T : struct, Enum => JsonSerializer.SerializeToElement(value, RunJson.Line).GetString()!;

    /// <summary>Runs a command and tells in words what it could not do.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
            return ExitCode.Success;
        }
        catch (ArgumentException e)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return ExitCode.WrongInput;
        }
        catch (Exception e) when (e is TokenizerFormatException or InvalidDataException or InvalidOperationException or NotSupportedException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Stopped;
        }
    }

    private static Command Command(string name, string description, Func<ParseResult, CancellationToken, Task> action, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option) command.Options.Add(option);
            else command.Arguments.Add((Argument)symbol);
        }
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, () => action(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private async Task EncodeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var tokenizer = Open(parsed, parsed.GetRequiredValue(_tokenizer));
        var text = await TextInput.ReadAsync(parsed.GetValue(_files), input, cancellationToken);
        var ids = tokenizer.Encode(text, Reading(parsed));
        var output = parsed.InvocationConfiguration.Output;
        if (!parsed.GetValue(_json))
        {
            await output.WriteLineAsync(string.Join(' ', ids));
            return;
        }

        var decoder = tokenizer.CreateDecoder();
        string[] pieces = [.. ids.Select(id => tokenizer.FindSpecial(id)?.Text ?? decoder.Append(id))];
        await output.WriteLineAsync(JsonSerializer.Serialize(new EncodedText(parsed.GetRequiredValue(_tokenizer), ids, pieces), RunJson.Line));
    }

    private async Task DecodeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var tokenizer = Open(parsed, parsed.GetRequiredValue(_tokenizer));
        var text = await TextInput.ReadAsync(parsed.GetValue(_files), input, cancellationToken);
        var ids = new List<int>();
        foreach (var word in text.Split([' ', ',', '[', ']', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
            ids.Add(int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new InvalidDataException($"The {ids.Count + 1}th word of the input is '{word}'; expected ids, which are whole numbers, with spaces or commas between them."));
        if (ids.FindIndex(id => !tokenizer.HasToken(id)) is >= 0 and var missing)
            throw new InvalidDataException($"The {missing + 1}th id is {ids[missing]}, which is no token; the vocabulary is 0 to {tokenizer.VocabularySize - 1}.");

        var decoded = tokenizer.Decode(ids);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) await output.WriteLineAsync(JsonSerializer.Serialize(new DecodedText(parsed.GetRequiredValue(_tokenizer), decoded), RunJson.Line));
        else await output.WriteAsync(decoded);
    }

    private async Task CompareAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var names = parsed.GetRequiredValue(_tokenizers);
        TextTokenizer[] tokenizers = [.. names.Select(name => Open(parsed, name))];
        var text = await TextInput.ReadAsync(parsed.GetValue(_files), input, cancellationToken);
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        ComparedTokenizer[] rows = [.. names.Zip(tokenizers, (name, tokenizer) =>
        {
            var count = tokenizer.Encode(text, Reading(parsed)).Count;
            return new ComparedTokenizer(name, tokenizer.VocabularySize, count, count == 0 ? 0 : (double)bytes / count, words == 0 ? 0 : (double)count / words);
        })];

        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            foreach (var row in rows) await output.WriteLineAsync(JsonSerializer.Serialize(row, RunJson.Line));
            return;
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes, {words:N0} words"));
        await output.WriteLineAsync($"{"tokenizer",-28} {"vocabulary",10} {"tokens",12} {"bytes/token",12} {"tokens/word",12}");
        foreach (var row in rows)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row.Tokenizer,-28} {row.VocabularySize,10} {row.Tokens,12} {row.BytesPerToken,12:0.000} {row.TokensPerWord,12:0.000}"));
    }

    private async Task ExportAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var asked = parsed.GetRequiredValue(_format);
        var format = TokenizerExport.Formats.FirstOrDefault(format => NameOf(format) == asked, TokenizerFormat.SentencePiece);
        if (format == TokenizerFormat.SentencePiece) throw new ArgumentException($"There is no format '{asked}' to write; expected {string.Join(", ", TokenizerExport.Formats.Select(NameOf))}.");

        var files = TokenizerExport.Write(Open(parsed, parsed.GetRequiredValue(_tokenizer)), format);
        var folder = parsed.GetRequiredValue(_out);
        folder.Create();
        foreach (var file in files)
        {
            var path = Path.Combine(folder.FullName, file.Name);
            Model.Storage.DurableFile.Write(path, stream => stream.Write(file.Content.Span));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(_json) ? JsonSerializer.Serialize(new WrittenFile(path, file.Content.Length), RunJson.Line) : path);
        }
    }

    private SpecialTokenReading Reading(ParseResult parsed) => parsed.GetValue(_special) ? SpecialTokenReading.AsToken : SpecialTokenReading.AsText;

    private TextTokenizer Open(ParseResult parsed, string name) =>
        TokenizerSource.Open(LabDirectory.OfCommand(parsed.GetValue(dataPath)), name, parsed.GetValue(_split) is { } pattern ? TokenizerSource.PatternOf(pattern) : null);
}

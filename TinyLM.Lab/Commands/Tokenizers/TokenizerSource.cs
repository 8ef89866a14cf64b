using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Commands.Tokenizers;

/// <summary>Finds the tokenizer that a command names.</summary>
internal static class TokenizerSource
{
    /// <summary>Opens a built-in tokenizer, one of the library, or one of a file or folder; an id goes before a file of the same name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    /// <exception cref="TokenizerFormatException">It is malformed; the message names file and place.</exception>
    public static TextTokenizer Open(LabDirectory directory, string name, TextSplit? split)
    {
        if (BuiltInTokenizers.Find(name) is { } builtIn) return builtIn;
        if (LabDirectory.IsName(name) && new TokenizerFolder(Path.Combine(directory.TokenizersPath, name)) is var kept && File.Exists(kept.TokenizerPath)) return TextTokenizer.Load(kept.TokenizerPath);
        if (Directory.Exists(name))
        {
            string[][] known = [["tokenizer.json"], ["vocab.json", "merges.txt"], ["encoder.json", "vocab.bpe"], ["tokenizer.model"], ["tokenizer.bin"]];
            if (known.FirstOrDefault(files => files.All(file => File.Exists(Path.Combine(name, file)))) is not { } found)
                throw new KeyNotFoundException($"The folder '{name}' holds no tokenizer: expected {string.Join("; ", known.Select(files => string.Join(" and ", files)))}.");
            return Read([.. found.Select(file => Path.Combine(name, file))], split);
        }
        return File.Exists(name) ? Read([name], split)
            : throw new KeyNotFoundException($"There is no tokenizer '{name}' in '{directory.Path}', and no file of that name. Built in are {string.Join(", ", BuiltInTokenizers.Ids)}; --data names another data directory.");
    }

    /// <summary>The split pattern of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TextSplit PatternOf(string name) => new(ValueOf<SplitPattern>("split pattern", name));

    /// <summary>The value of an enumeration that has a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static T ValueOf<T>(string what, string name) where T : struct, Enum
    {
        try
        {
            return JsonSerializer.Deserialize<T>(JsonSerializer.SerializeToUtf8Bytes(name), RunJson.Line);
        }
        catch (JsonException)
        {
            throw new ArgumentException($"There is no {what} '{name}'; expected {string.Join(", ", Enum.GetValues<T>().Select(TokenizerCommand.NameOf))}.");
        }
    }

    private static TextTokenizer Read(string[] paths, TextSplit? split)
    {
        var files = paths.Select(path => new FileInfo(path).Length <= TokenizerImport.LargestFile ? new ExportedFile(path, File.ReadAllBytes(path))
            : throw new TokenizerFormatException($"{path}: the file has more than {TokenizerImport.LargestFile} bytes, which no tokenizer's file has."));
        return TokenizerImport.Read([.. files], new TokenizerImportOptions { Split = split }).Tokenizer;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Checkpoints;

/// <summary>Takes models of other programs into a folder of the lab's: in the layout of a checkpoint, checked, with a note of whence.</summary>
public static class ModelImporter
{
    /// <summary>The note.</summary>
    public const string InfoFile = "model.json";

    private const long MaxTokenizerBytes = 256 << 20;

    private static readonly string[] s_tokenizerFiles = [CheckpointStore.TokenizerFile, "tokenizer.model", "tokenizer.bin"];

    /// <summary>The token that stands before each story in llama2.c's training.</summary>
    private const int Llama2cStart = 1;

    /// <summary>GPT-2's end of text, and the vocabulary that has it.</summary>
    private const int Gpt2EndOfText = 50_256, Gpt2Vocabulary = 50_257;

    /// <summary>Reads a model and keeps it.</summary>
    /// <param name="source">A file of llm.c or llama2.c, or a folder of Hugging Face.</param>
    /// <param name="name">What a person calls it; empty for the source's name.</param>
    /// <param name="tokenizerPath">The tokenizer's file, in any form that the lab reads; null to take the one in the folder, if any.</param>
    /// <param name="modelsPath">Where imported models lie.</param>
    /// <param name="clock">Tells the time.</param>
    /// <returns>What was kept, under <paramref name="modelsPath"/>.</returns>
    /// <exception cref="CheckpointException">The source is no sound model, or the tokenizer that was named cannot be used; nothing is kept.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written; nothing is kept.</exception>
    public static ImportedModelInfo Import(string source, string name, string? tokenizerPath, string modelsPath, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(clock);
        var format = ModelFiles.Detect(source);
        var weights = ModelFiles.Read(source);
        var tokenizer = FindTokenizer(source, format, tokenizerPath, weights.Config, out var problem);
        var chat = format == ModelFormat.HuggingFace ? FindChat(source) : null;
        var fullName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        var now = clock.GetUtcNow();
        var info = new ImportedModelInfo
        {
            Id = now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)),
            Name = string.IsNullOrWhiteSpace(name) ? fullName : name.Trim(),
            Format = format,
            Source = fullName,
            AddedAt = now,
            ParameterCount = ModelArithmetic.ParameterCount(weights.Config),
            Model = weights.Config,
            TokenizerProblem = problem,
        };
        Directory.CreateDirectory(modelsPath);
        DurableFolder.Create(Path.Combine(modelsPath, info.Id), folder =>
        {
            Write(folder, weights, tokenizer?.EndOfTextId ?? EndOfText(format, weights.Config));
            tokenizer?.Save(CheckpointStore.TokenizerPath(folder));
            chat?.Write(folder);
            File.WriteAllText(Path.Combine(folder, InfoFile), JsonSerializer.Serialize(info, RunJson.Indented));
            CheckpointManifest.Write(folder);
        });
        return info;
    }

    /// <summary>What an imported model's folder says of itself; null where the folder is none.</summary>
    /// <exception cref="CheckpointException">The note is there and malformed.</exception>
    public static ImportedModelInfo? ReadInfo(string folder)
    {
        var path = Path.Combine(folder, InfoFile);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<ImportedModelInfo>(File.ReadAllBytes(path), RunJson.Indented) ?? throw new CheckpointException($"{path}: expected a JSON object, found null.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static void Write(string folder, ModelWeights weights, int? endOfTextId)
    {
        File.WriteAllText(Path.Combine(folder, CheckpointStore.ConfigName), ConfigFile.ToJson(weights.Config, endOfTextId));
        if (endOfTextId is { } id) File.WriteAllText(Path.Combine(folder, CheckpointStore.GenerationFile), ConfigFile.GenerationJson(id));
        using var file = File.Create(Path.Combine(folder, CheckpointStore.WeightsFile));
        HuggingFaceWeights.Write(file, weights);
    }

    /// <summary>The tokenizer that was named must fit; one that only lies in the folder may be of a kind that is not read, which is told.</summary>
    private static TextTokenizer? FindTokenizer(string source, ModelFormat format, string? named, ModelConfig config, out string? problem)
    {
        var path = named ?? (format == ModelFormat.HuggingFace ? s_tokenizerFiles.Select(name => Path.Combine(source, name)).FirstOrDefault(File.Exists) : null);
        problem = path is null ? "No tokenizer came with it." : null;
        if (path is not null)
        {
            try
            {
                if (new FileInfo(path) is { Exists: true, Length: > MaxTokenizerBytes }) throw new TokenizerFormatException($"{path} is larger than a tokenizer can be.");
                var (tokenizer, _) = TokenizerImport.Read([new ExportedFile(Path.GetFileName(path), File.ReadAllBytes(path))], new TokenizerImportOptions());
                if (tokenizer.VocabularySize > config.VocabularySize)
                    throw new TokenizerFormatException($"{Path.GetFileName(path)} knows {tokenizer.VocabularySize} tokens and the model {config.VocabularySize}; they do not belong together.");
                if (TokenizerExport.Choices(tokenizer).Single(choice => choice.Format == TokenizerFormat.HuggingFace).Refusal is { } refusal) throw new TokenizerFormatException(refusal);
                return tokenizer;
            }
            catch (Exception e) when (e is TokenizerFormatException or IOException or UnauthorizedAccessException)
            {
                problem = e.Message;
            }
        }
        return named is null ? null : throw new CheckpointException($"The tokenizer {named} cannot be used. {problem}");
    }

    private static ChatFormat? FindChat(string source)
    {
        try
        {
            return ChatFormat.Read(source);
        }
        catch (TokenizerFormatException e)
        {
            throw new CheckpointException($"The chat template cannot be read. {e.Message} Take the file away to import the model without it.", e);
        }
    }

    private static int? EndOfText(ModelFormat format, ModelConfig config) => format switch
    {
        ModelFormat.Llama2c or ModelFormat.Llama2cLegacy => Llama2cStart,
        ModelFormat.Llmc or ModelFormat.LlmcBf16 when config.VocabularySize == Gpt2Vocabulary => Gpt2EndOfText,
        _ => null,
    };
}

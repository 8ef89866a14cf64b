using System.Buffers.Binary;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints.Interchange;

namespace TinyLM.Model.Checkpoints;

/// <summary>Models in the files of other programs, and in ours: told apart by how they begin, read strictly, written to the bit.</summary>
public static class ModelFiles
{
    /// <summary>Bytes that tell the formats apart.</summary>
    private const int StartLength = 36;

    /// <summary>What a file or folder is.</summary>
    /// <exception cref="CheckpointException">There is none, or it is no model that this engine reads.</exception>
    public static ModelFormat Detect(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return File.Exists(Path.Combine(path, CheckpointStore.ConfigName))
                ? ModelFormat.HuggingFace
                : throw new CheckpointException($"{path} is a folder without {CheckpointStore.ConfigName}; a model of Hugging Face has one beside its weights.");
        }
        var start = ReadStart(path);
        if (LlmcFile.Begins(start)) return start.Length >= 8 && BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(4)) == LlmcFile.Bf16Version ? ModelFormat.LlmcBf16 : ModelFormat.Llmc;
        if (Llama2cFile.IsVersioned(start)) return ModelFormat.Llama2c;
        if (Llama2cFile.IsLegacy(start)) return ModelFormat.Llama2cLegacy;
        var bytes = Convert.ToHexStringLower(start.AsSpan(0, Math.Min(8, start.Length)));
        throw new CheckpointException(
            $"{path} begins with the bytes {bytes}, and is no model that this engine reads: a checkpoint of llm.c or of llama2.c, or a folder with {CheckpointStore.ConfigName} and {CheckpointStore.WeightsFile}.");
    }

    /// <summary>Reads a model of any of the formats.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged, or of a model that this engine does not know; the message names file and place.</exception>
    public static ModelWeights Read(string path) => Detect(path) switch
    {
        ModelFormat.HuggingFace => CheckpointStore.ReadWeights(path),
        ModelFormat.Llmc or ModelFormat.LlmcBf16 => LlmcFile.Read(path),
        _ => Llama2cFile.Read(path),
    };

    /// <summary>The shape of a model in a folder of Hugging Face's layout.</summary>
    /// <exception cref="CheckpointException">Its config.json is missing, damaged, or of a model that this engine does not know.</exception>
    public static ModelConfig ReadConfig(string folder) => ConfigFile.Read(Path.Combine(folder, CheckpointStore.ConfigName));

    /// <summary>Why a model cannot be written in a format, in words; null where it can.</summary>
    public static string? ProblemOf(ModelConfig config, ModelFormat format)
    {
        ArgumentNullException.ThrowIfNull(config);
        return format switch
        {
            ModelFormat.HuggingFace => null,
            ModelFormat.Llmc or ModelFormat.LlmcBf16 => LlmcFile.Problem(config),
            _ => Llama2cFile.Problem(config),
        };
    }

    /// <summary>Writes a model as one file.</summary>
    /// <param name="stream">Receives it.</param>
    /// <param name="weights">The model.</param>
    /// <param name="format">Any but Hugging Face's, which is a folder.</param>
    /// <exception cref="ArgumentException">The format has no place for such a model; the message says why.</exception>
    public static void Write(Stream stream, ModelWeights weights, ModelFormat format)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(weights);
        switch (format)
        {
            case ModelFormat.Llmc or ModelFormat.LlmcBf16:
                LlmcFile.Write(stream, weights, format == ModelFormat.LlmcBf16);
                break;
            case ModelFormat.Llama2c or ModelFormat.Llama2cLegacy:
                Llama2cFile.Write(stream, weights, format == ModelFormat.Llama2cLegacy);
                break;
            default:
                throw new ArgumentException("Hugging Face's form is a folder, not a file.", nameof(format));
        }
    }

    private static byte[] ReadStart(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var start = new byte[Math.Min(StartLength, file.Length)];
            file.ReadExactly(start);
            return start;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
    }
}

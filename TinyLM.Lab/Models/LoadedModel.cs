using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation.Constraints;
using TinyLM.Model.Inference;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Models;

/// <summary>A checkpoint in memory, ready to write. Immutable and safe for any number of readers.</summary>
internal sealed class LoadedModel
{
    private LoadedModel(LanguageModel model, TextTokenizer tokenizer, long byteCount)
    {
        (Model, Tokenizer, ByteCount) = (model, tokenizer, byteCount);
        Constraints = new ConstraintCompiler([.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.HasToken(id) ? tokenizer.TokenBytes(id) : default)], tokenizer.EndOfTextId);
    }

    /// <summary>Reads tokens.</summary>
    public LanguageModel Model { get; }

    /// <summary>Turns text into its tokens and back.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>How conversations are written for it; null where its files do not say.</summary>
    public ChatFormat? Chat { get; private init; }

    /// <summary>Makes automata over its vocabulary, for texts that must follow a constraint.</summary>
    public ConstraintCompiler Constraints { get; }

    /// <summary>Memory that it takes, about.</summary>
    public long ByteCount { get; }

    /// <summary>Reads a checkpoint folder whose sums were checked.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="format">How to keep the weights in memory.</param>
    /// <param name="threads">Processors at most that share a large product.</param>
    /// <exception cref="ModelUnavailableException">The folder is gone or damaged: the message names the file and says what to do.</exception>
    public static LoadedModel Load(string folder, WeightFormat format = WeightFormat.Fp32, int threads = 1)
    {
        try
        {
            var weights = CheckpointStore.ReadWeights(folder);
            if (!File.Exists(CheckpointStore.TokenizerPath(folder))) throw new InvalidDataException("It has no tokenizer, so it cannot read or write text; import it together with one, or write ids: generate --prompt-ids.");
            var tokenizer = TextTokenizer.Load(CheckpointStore.TokenizerPath(folder));
            if (tokenizer.VocabularySize > weights.Config.VocabularySize)
                throw new InvalidDataException($"Its tokenizer knows {tokenizer.VocabularySize} tokens and its model {weights.Config.VocabularySize}; they do not belong together.");
            return new LoadedModel(LanguageModel.Create(weights, format, threads), tokenizer, MemoryOf(weights, format)) { Chat = ChatFormat.Read(folder) };
        }
        catch (Exception e) when (e is CheckpointException or TokenizerFormatException or InvalidDataException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ModelUnavailableException($"The checkpoint '{Path.GetFileName(folder)}' cannot be used. {e.Message}", e);
        }
    }

    /// <summary>The matrices as they are kept, and the token embeddings once more: the head has a copy in the order in which the machine reads it.</summary>
    private static long MemoryOf(ModelWeights weights, WeightFormat format) =>
        (format == WeightFormat.Bf16 ? sizeof(float) / 2 : sizeof(float)) * weights.Tensors.Values.Sum(weight => (long)weight.Values.Length)
        + sizeof(float) * (long)weights.Config.VocabularySize * weights.Config.EmbeddingSize;
}

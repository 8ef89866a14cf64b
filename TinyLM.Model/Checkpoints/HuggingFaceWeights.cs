using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>The weights of a model in Hugging Face's layout; GPT-2's linear layers are transposed there (its Conv1D).</summary>
internal static class HuggingFaceWeights
{
    private const string Head = "lm_head.weight";

    /// <summary>Reads the weights of a model, with or without the prefix of its family and the copy of a head that is tied.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c>, or several such files and their index.</param>
    /// <param name="config">The shape that <c>config.json</c> tells.</param>
    /// <exception cref="CheckpointException">A file is damaged, or the tensors are not those of such a model.</exception>
    public static ModelWeights Read(string folder, ModelConfig config)
    {
        using var reader = new ShardedTensors(folder);
        var path = reader.Path;
        var weights = ModelLayout.WeightsOf(config);
        var prefix = Prefix(config);
        var isBare = reader.Entries.ContainsKey(weights[0].Name[prefix.Length..]);
        var names = weights.Select(weight => NameInFile(weight.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in reader.Entries.Keys)
            if (!names.Contains(name) && name != Head && !IsBuffer(name))
                throw new CheckpointException($"{path} holds the tensor '{name}', which the model of config.json does not have.");

        // All shapes are checked before memory is taken.
        foreach (var weight in weights)
        {
            if (!reader.Entries.TryGetValue(NameInFile(weight.Name), out var entry))
                throw new CheckpointException($"{path} holds no tensor '{NameInFile(weight.Name)}' of shape ({Words(ShapeInFile(config, weight))}).");
            if (!entry.Shape.SequenceEqual(ShapeInFile(config, weight)))
                throw new CheckpointException($"{path}: '{entry.Name}' has shape ({Words(entry.Shape)}); config.json asks for ({Words(ShapeInFile(config, weight))}).");
        }
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var weight in weights)
        {
            var values = reader.ReadFloats(NameInFile(weight.Name));
            if (IsTransposed(config, weight)) values = Transpose(values, weight.Shape[1], weight.Shape[0]);
            tensors.Add(weight.Name, new WeightTensor(weight.Shape, values));
        }
        if (config.TiedHead) CheckHead(path, reader, config, tensors[weights[0].Name]);
        return new ModelWeights { Config = config, Tensors = tensors };

        string NameInFile(string name) => isBare && name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
    }

    /// <summary>Writes weights as <c>transformers</c> reads them.</summary>
    public static void Write(Stream stream, ModelWeights weights)
    {
        var tensors = ModelLayout.WeightsOf(weights.Config).Select(weight =>
        {
            var tensor = weights.Tensors[weight.Name];
            return (weight.Name, IsTransposed(weights.Config, weight)
                ? new WeightTensor([weight.Shape[1], weight.Shape[0]], Transpose(tensor.Values.Span, weight.Shape[0], weight.Shape[1]))
                : tensor);
        });
        SafetensorsWriter.Write(stream, [.. tensors], new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>The transpose of a row-major matrix.</summary>
    internal static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        const int Tile = 16; // two tiles of whole cache lines stay near
        var transposed = GC.AllocateUninitializedArray<float>(matrix.Length);
        for (var top = 0; top < rows; top += Tile)
            for (var left = 0; left < columns; left += Tile)
                for (var r = top; r < Math.Min(rows, top + Tile); r++)
                    for (var c = left; c < Math.Min(columns, left + Tile); c++)
                        transposed[c * rows + r] = matrix[r * columns + c];
        return transposed;
    }

    /// <summary>Some files carry the head although it is the embedding table; another one would be another model.</summary>
    private static void CheckHead(string path, ShardedTensors reader, ModelConfig config, WeightTensor embedding)
    {
        if (!reader.Entries.TryGetValue(Head, out var head)) return;
        if (!head.Shape.SequenceEqual([config.VocabularySize, config.EmbeddingSize]) || !embedding.Values.Span.SequenceEqual(reader.ReadFloats(Head)))
            throw new CheckpointException($"{path}: '{Head}' differs from the embedding table; this engine reads models whose head is tied to it.");
    }

    /// <summary>What the files of a model without its head begin their names without.</summary>
    private static string Prefix(ModelConfig config) => config.Family == ModelFamily.Gpt2 ? "transformer." : "model.";

    /// <summary>Causal masks and rotary frequencies that old files carry as buffers.</summary>
    private static bool IsBuffer(string name) =>
        name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal)
        || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    private static bool IsTransposed(ModelConfig config, WeightDefinition weight) =>
        config.Family == ModelFamily.Gpt2 && weight.HiddenMatrixCount > 0;

    private static IEnumerable<long> ShapeInFile(ModelConfig config, WeightDefinition weight) =>
        (IsTransposed(config, weight) ? weight.Shape.Reverse() : weight.Shape).Select(dimension => (long)dimension);

    private static string Words(IEnumerable<long> shape) => string.Join(", ", shape);
}

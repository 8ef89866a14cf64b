using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>The weights of a GPT-2 model in Hugging Face's layout: names, and linear layers transposed (its Conv1D).</summary>
internal static class Gpt2Weights
{
    private const string Prefix = "transformer.";
    private const string Head = "lm_head.weight";

    /// <summary>Reads the weights of a model, with or without the prefix <c>transformer.</c> and the head's copy of the embedding.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or its tensors are not those of such a model.</exception>
    public static ModelWeights Read(string path, ModelConfig config)
    {
        using var reader = new SafetensorsReader(path);
        var weights = Gpt2Weight.All(config);
        var prefix = reader.Entries.ContainsKey("wte.weight") ? "" : Prefix;
        var names = weights.Select(weight => NameInFile(weight.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in reader.Entries.Keys)
            if (!names.Contains(name) && name != Head && !IsMask(name))
                throw new CheckpointException($"{path} holds the tensor '{name}', which a GPT-2 model of this config.json does not have.");

        // All shapes are checked before memory is taken.
        foreach (var weight in weights)
        {
            if (!reader.Entries.TryGetValue(NameInFile(weight.Name), out var entry))
                throw new CheckpointException($"{path} holds no tensor '{NameInFile(weight.Name)}' of shape ({Words(ShapeInFile(weight))}).");
            if (!entry.Shape.SequenceEqual(ShapeInFile(weight)))
                throw new CheckpointException($"{path}: '{entry.Name}' has shape ({Words(entry.Shape)}); config.json asks for ({Words(ShapeInFile(weight))}).");
        }
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var weight in weights)
        {
            var values = reader.ReadFloats(NameInFile(weight.Name));
            if (weight.IsTransposedInFiles) values = Transpose(values, weight.Shape[1], weight.Shape[0]);
            tensors.Add(weight.Name, new WeightTensor(weight.Shape, values));
        }
        CheckHead(path, reader, config, tensors["transformer.wte.weight"]);
        return new ModelWeights { Config = config, Tensors = tensors };

        string NameInFile(string name) => prefix + name[Prefix.Length..];
    }

    /// <summary>Writes weights as <c>transformers</c> reads them.</summary>
    public static void Write(Stream stream, ModelWeights weights)
    {
        var tensors = Gpt2Weight.All(weights.Config).Select(weight =>
        {
            var tensor = weights.Tensors[weight.Name];
            return (weight.Name, weight.IsTransposedInFiles
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
    private static void CheckHead(string path, SafetensorsReader reader, ModelConfig config, WeightTensor embedding)
    {
        if (!reader.Entries.TryGetValue(Head, out var head)) return;
        if (!head.Shape.SequenceEqual([config.VocabularySize, config.EmbeddingSize]) || !embedding.Values.Span.SequenceEqual(reader.ReadFloats(Head)))
            throw new CheckpointException($"{path}: '{Head}' differs from the embedding table; this engine reads models whose head is tied to it.");
    }

    /// <summary>Causal masks that old files carry as buffers.</summary>
    private static bool IsMask(string name) =>
        name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    private static IEnumerable<long> ShapeInFile(Gpt2Weight weight) =>
        (weight.IsTransposedInFiles ? weight.Shape.Reverse() : weight.Shape).Select(dimension => (long)dimension);

    private static string Words(IEnumerable<long> shape) => string.Join(", ", shape);
}

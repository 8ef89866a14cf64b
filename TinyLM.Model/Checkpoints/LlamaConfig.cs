using System.Text.Json.Nodes;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>Hugging Face's <c>config.json</c> of a Llama.</summary>
/// <remarks>https://huggingface.co/docs/transformers/model_doc/llama, LlamaConfig.</remarks>
internal static class LlamaConfig
{
    /// <summary>The content of the file.</summary>
    public static JsonObject ToJson(ModelConfig config, int? endOfTextId) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = config.VocabularySize,
        ["max_position_embeddings"] = config.ContextLength,
        ["hidden_size"] = config.EmbeddingSize,
        ["num_hidden_layers"] = config.LayerCount,
        ["num_attention_heads"] = config.HeadCount,
        ["num_key_value_heads"] = config.ActualKeyValueHeadCount,
        ["head_dim"] = config.HeadSize,
        ["intermediate_size"] = config.ActualFeedForwardSize,
        ["hidden_act"] = "silu",
        ["rms_norm_eps"] = config.NormEpsilon,
        ["rope_theta"] = config.RotaryBase,
        ["rope_scaling"] = null,
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["attention_dropout"] = 0.0,
        ["initializer_range"] = 0.02,
        ["tie_word_embeddings"] = config.TiedHead,
        ["torch_dtype"] = "float32",
        ["use_cache"] = true,
        ["bos_token_id"] = endOfTextId,
        ["eos_token_id"] = endOfTextId,
    };

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="CheckpointException">It is of a model that this engine does not know.</exception>
    public static ModelConfig Parse(ConfigFile file)
    {
        file.Expect("hidden_act", "silu");
        file.Expect("attention_bias", false);
        file.Expect("mlp_bias", false);
        var config = new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = file.Number("vocab_size"),
            ContextLength = file.Number("max_position_embeddings"),
            EmbeddingSize = file.Number("hidden_size"),
            LayerCount = file.Number("num_hidden_layers"),
            HeadCount = file.Number("num_attention_heads"),
            KeyValueHeadCount = file.Value<int?>("num_key_value_heads") ?? 0,
            FeedForwardSize = file.Number("intermediate_size"),
            TiedHead = file.Value<bool?>("tie_word_embeddings") ?? false, // the default of LlamaConfig
            RotaryBase = RotaryBase(file),
            NormEpsilon = file.Value<double?>("rms_norm_eps") ?? 1e-6,
        };
        if (file.Value<int?>("head_dim") is { } size && (config.HeadCount < 1 || size * (long)config.HeadCount != config.EmbeddingSize))
            throw new CheckpointException($"{file.Path}: head_dim is {size}; this engine has hidden_size / num_attention_heads.");
        return config;
    }

    /// <summary>From <c>rope_theta</c>, or <c>rope_parameters</c> as newer files have it; stretched angles are another model.</summary>
    private static double RotaryBase(ConfigFile file)
    {
        foreach (var name in (string[])["rope_scaling", "rope_parameters"])
        {
            if (file.Find(name) is not { } rope) continue;
            var type = file.Value<string>(rope, name, "rope_type") ?? file.Value<string>(rope, name, "type") ?? "default";
            if (type != "default") throw new CheckpointException($"{file.Path}: {name} asks for '{type}'; this engine has plain rotary positions, 'default'.");
            if (file.Value<double?>(rope, name, "rope_theta") is { } theta) return theta;
        }
        return file.Value<double?>("rope_theta") ?? 10_000;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>Hugging Face's <c>config.json</c> and <c>generation_config.json</c> of a GPT-2 model.</summary>
/// <remarks>https://huggingface.co/docs/transformers/model_doc/gpt2, GPT2Config.</remarks>
internal static class Gpt2Config
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The content of <c>config.json</c>.</summary>
    public static string ToJson(ModelConfig config, int endOfTextId) => new JsonObject
    {
        ["architectures"] = new JsonArray("GPT2LMHeadModel"),
        ["model_type"] = "gpt2",
        ["vocab_size"] = config.VocabularySize,
        ["n_positions"] = config.ContextLength,
        ["n_ctx"] = config.ContextLength,
        ["n_embd"] = config.EmbeddingSize,
        ["n_layer"] = config.LayerCount,
        ["n_head"] = config.HeadCount,
        ["n_inner"] = null,
        ["activation_function"] = "gelu_new",
        ["layer_norm_epsilon"] = 1e-5,
        ["initializer_range"] = 0.02,
        ["attn_pdrop"] = 0.0,
        ["embd_pdrop"] = 0.0,
        ["resid_pdrop"] = 0.0,
        ["scale_attn_weights"] = true,
        ["tie_word_embeddings"] = true,
        ["torch_dtype"] = "float32",
        ["use_cache"] = true,
        ["bos_token_id"] = endOfTextId,
        ["eos_token_id"] = endOfTextId,
    }.ToJsonString(s_indented);

    /// <summary>The content of <c>generation_config.json</c>: how the lab samples by default.</summary>
    public static string GenerationJson(int endOfTextId) => new JsonObject
    {
        ["_from_model_config"] = false,
        ["bos_token_id"] = endOfTextId,
        ["eos_token_id"] = endOfTextId,
        ["pad_token_id"] = endOfTextId,
        ["do_sample"] = true,
        ["temperature"] = 0.8,
    }.ToJsonString(s_indented);

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="CheckpointException">It is missing, no JSON, or of a model that this engine does not know.</exception>
    public static ModelConfig Read(string path)
    {
        JsonObject json;
        try
        {
            json = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new CheckpointException($"{path}: expected a JSON object.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new CheckpointException($"{path} is no JSON: {e.Message}", e);
        }

        Expect("model_type", "gpt2");
        if (Value<string>("activation_function") is { } activation && activation is not ("gelu_new" or "gelu_pytorch_tanh"))
            throw new CheckpointException($"{path}: activation_function is '{activation}'; this engine has GPT-2's tanh form, gelu_new.");
        if (Value<double?>("layer_norm_epsilon") is { } epsilon && epsilon != 1e-5)
            throw new CheckpointException($"{path}: layer_norm_epsilon is {epsilon}; this engine has 1e-5.");
        Expect("scale_attn_weights", true);
        Expect("scale_attn_by_inverse_layer_idx", false);
        Expect("add_cross_attention", false);
        Expect("tie_word_embeddings", true);
        var config = new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            VocabularySize = Number("vocab_size"),
            ContextLength = json.ContainsKey("n_positions") ? Number("n_positions") : Number("n_ctx"),
            EmbeddingSize = Number("n_embd"),
            LayerCount = Number("n_layer"),
            HeadCount = Number("n_head"),
        };
        if (Value<int?>("n_inner") is { } inner && inner != 4 * config.EmbeddingSize)
            throw new CheckpointException($"{path}: n_inner is {inner}; this engine has four times n_embd, {4 * config.EmbeddingSize}.");
        if (config.Validate() is [_, ..] problems) throw new CheckpointException($"{path}: {string.Join(" ", problems)}");
        return config;

        void Expect<T>(string name, T expected)
        {
            if (json.ContainsKey(name) && Value<T>(name) is var found && !Equals(found, expected))
                throw new CheckpointException($"{path}: {name} is {found}; this engine reads models with {expected}.");
        }

        int Number(string name) => Value<int?>(name) ?? throw new CheckpointException($"{path} lacks {name}.");

        T? Value<T>(string name)
        {
            try
            {
                return json[name] is { } node ? node.Deserialize<T>() : default;
            }
            catch (JsonException e)
            {
                throw new CheckpointException($"{path}: {name} is {json[name]!.ToJsonString()}; expected a {typeof(T).Name}.", e);
            }
        }
    }
}

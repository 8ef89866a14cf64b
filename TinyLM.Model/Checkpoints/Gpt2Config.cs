using System.Text.Json.Nodes;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>Hugging Face's <c>config.json</c> of a GPT-2 model.</summary>
/// <remarks>https://huggingface.co/docs/transformers/model_doc/gpt2, GPT2Config.</remarks>
internal static class Gpt2Config
{
    /// <summary>The content of the file.</summary>
    public static JsonObject ToJson(ModelConfig config, int? endOfTextId) => new()
    {
        ["architectures"] = new JsonArray("GPT2LMHeadModel"),
        ["model_type"] = "gpt2",
        ["vocab_size"] = config.VocabularySize,
        ["n_positions"] = config.ContextLength,
        ["n_ctx"] = config.ContextLength,
        ["n_embd"] = config.EmbeddingSize,
        ["n_layer"] = config.LayerCount,
        ["n_head"] = config.HeadCount,
        ["n_inner"] = config.FeedForwardSize == 0 ? null : config.FeedForwardSize,
        ["activation_function"] = "gelu_new",
        ["layer_norm_epsilon"] = config.NormEpsilon,
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
    };

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="CheckpointException">It is of a model that this engine does not know.</exception>
    public static ModelConfig Parse(ConfigFile file)
    {
        if (file.Value<string>("activation_function") is { } activation && activation is not ("gelu_new" or "gelu_pytorch_tanh"))
            throw new CheckpointException($"{file.Path}: activation_function is '{activation}'; this engine has GPT-2's tanh form, gelu_new.");
        file.Expect("scale_attn_weights", true);
        file.Expect("scale_attn_by_inverse_layer_idx", false);
        file.Expect("add_cross_attention", false);
        file.Expect("tie_word_embeddings", true);
        return new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            VocabularySize = file.Number("vocab_size"),
            ContextLength = file.Find("n_positions") is not null ? file.Number("n_positions") : file.Number("n_ctx"),
            EmbeddingSize = file.Number("n_embd"),
            LayerCount = file.Number("n_layer"),
            HeadCount = file.Number("n_head"),
            FeedForwardSize = file.Value<int?>("n_inner") ?? 0,
            NormEpsilon = file.Value<double?>("layer_norm_epsilon") ?? 1e-5,
        };
    }
}

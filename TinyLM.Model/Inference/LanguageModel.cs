using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Inference;

/// <summary>A language model that reads tokens: a forward pass in managed vector code over a snapshot of weights; all arithmetic is fp32.</summary>
/// <remarks>
/// Immutable and safe for any number of threads; each reader has its own <see cref="InferenceSession"/>. The weights are copied
/// into the order in which the machine reads them, except for embeddings, which stay shared with the snapshot.
/// </remarks>
public sealed class LanguageModel
{
    private readonly IActivationHook? _hook;

    private LanguageModel(DecoderNetwork network, IActivationHook? hook = null) => (Network, _hook) = (network, hook);

    /// <summary>The shape of the model.</summary>
    public ModelConfig Config => Network.Config;

    /// <summary>The embedding of each token, (V, C), row-major.</summary>
    public ReadOnlyMemory<float> TokenEmbeddings => Network.TokenEmbeddings;

    /// <summary>The embedding of each position, (T, C), row-major; empty where positions are not learned.</summary>
    public ReadOnlyMemory<float> PositionEmbeddings => Network.PositionEmbeddings;

    /// <summary>The forward pass.</summary>
    internal DecoderNetwork Network { get; }

    /// <summary>Prepares a model for reading.</summary>
    /// <param name="weights">Every weight that the model's family has, and no other.</param>
    /// <param name="format">How to keep the weights of the matrices in memory; embeddings, norms and biases stay as they are.</param>
    /// <param name="threads">Processors at most that share a large product; readers get the same bits with any number.</param>
    /// <exception cref="ArgumentException">The configuration is unsound, or a weight is missing, left over or of a wrong shape.</exception>
    public static LanguageModel Create(ModelWeights weights, WeightFormat format = WeightFormat.Fp32, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Create(weights, PanelKernel.BestOf(format, threads));
    }

    /// <summary>Prepares a model for a given register width.</summary>
    internal static LanguageModel Create(ModelWeights weights, PanelKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Config.Validate() is [_, ..] problems) throw new ArgumentException(string.Join(" ", problems), nameof(weights));
        return new LanguageModel(weights.Config.Family switch
        {
            ModelFamily.Gpt2 => new Gpt2Network(weights, kernel),
            ModelFamily.Llama => new LlamaNetwork(weights, kernel),
            var family => throw new ArgumentException($"There is no forward pass for models of the family {family}.", nameof(weights)),
        });
    }

    /// <summary>A reader at the start of an empty context.</summary>
    public InferenceSession CreateSession() => new(Network, _hook);

    /// <summary>The same model, whose readers all show their numbers to a hook, which may change them.</summary>
    /// <param name="hook">Called on the threads of all readers.</param>
    internal LanguageModel With(IActivationHook hook) => new(Network, hook);

    /// <summary>A reader that takes several sessions of this model through the layers together.</summary>
    public SessionBatch CreateBatch() => new(Network, _hook);
}

using TinyLM.Model.Architectures;

namespace TinyLM.Model.Inference;

/// <summary>The forward pass of one family of models: embed, then block after block on the residual stream, then the head.</summary>
/// <remarks>Immutable; what changes while reading lies in the caller's workspace and cache.</remarks>
internal abstract class DecoderNetwork(ModelConfig config, PanelKernel kernel)
{
    /// <summary>The shape of the model.</summary>
    public ModelConfig Config { get; } = config;

    /// <summary>The product that the weights are packed for.</summary>
    public PanelKernel Kernel { get; } = kernel;

    /// <summary>The embedding of each token, (V, C).</summary>
    public abstract ReadOnlyMemory<float> TokenEmbeddings { get; }

    /// <summary>The embedding of each position, (T, C); empty where positions are not learned.</summary>
    public abstract ReadOnlyMemory<float> PositionEmbeddings { get; }

    /// <summary>Room for the activations of so many tokens at once.</summary>
    /// <param name="maxRows">How many.</param>
    /// <param name="hook">Who looks at them or changes them, if anybody; the network shows them block by block.</param>
    public abstract Workspace CreateWorkspace(int maxRows, IActivationHook? hook);

    /// <summary>Room for the keys and values of a whole context.</summary>
    public abstract KeyValueCache CreateCache();

    /// <summary>Puts tokens into the residual stream.</summary>
    /// <param name="tokens">Consecutive tokens.</param>
    /// <param name="position">The position of the first.</param>
    /// <param name="residual">(tokens, C).</param>
    public abstract void Embed(ReadOnlySpan<int> tokens, int position, Rows residual);

    /// <summary>One block: reads the residual stream and adds to it.</summary>
    /// <param name="layer">Which.</param>
    /// <param name="rows">Number of tokens in the workspace's residual stream.</param>
    /// <param name="passages">Whose tokens these are: together all rows. Only attention tells them apart.</param>
    /// <param name="workspace">Activations.</param>
    public abstract void ApplyBlock(int layer, int rows, ReadOnlySpan<Passage> passages, Workspace workspace);

    /// <summary>The final norm and the head.</summary>
    /// <param name="residual">(rows, C).</param>
    /// <param name="normed">Scratch, (rows, C).</param>
    /// <param name="logits">(rows, V).</param>
    public abstract void ApplyHead(Rows residual, Rows normed, Rows logits);
}

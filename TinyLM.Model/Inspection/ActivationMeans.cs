using System.Numerics.Tensors;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

// L = layers, C = embedding size, H = heads, D = size of a head

/// <summary>What heads, attention and feed-forward layers give on average over the tokens of some text: what a part says of every token alike.</summary>
/// <remarks>
/// Put in place of a part, the mean takes away what the part tells tokens apart by, and leaves the stream where the blocks above expect
/// it: mean ablation, Wang et al. 2022, section 2.2, https://arxiv.org/abs/2211.00593.
/// </remarks>
public sealed class ActivationMeans
{
    private readonly LanguageModel _model;
    private readonly Dictionary<(ActivationSite, int Layer), double[]> _sums = [];
    private int _tokens;

    /// <param name="model">The model.</param>
    public ActivationMeans(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model.With(new Summation(this));
    }

    private ModelConfig Config => _model.Config;

    /// <summary>Takes a text into the means.</summary>
    /// <param name="text">Tokens, at least one and at most a context.</param>
    public void Add(IReadOnlyList<int> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _model.CreateSession().Append([.. text]);
        _tokens += text.Count;
    }

    /// <summary>What a head gathers on average, (D).</summary>
    /// <exception cref="InvalidOperationException">No text was read.</exception>
    public float[] Head(int layer, int head) => Mean(ActivationSite.HeadOutput, layer)[(head * Config.HeadSize)..((head + 1) * Config.HeadSize)];

    /// <summary>What attention adds to the residual stream on average, (C).</summary>
    /// <exception cref="InvalidOperationException">No text was read.</exception>
    public float[] Attention(int layer) => Mean(ActivationSite.AttentionOutput, layer);

    /// <summary>What the feed-forward layer adds to the residual stream on average, (C).</summary>
    /// <exception cref="InvalidOperationException">No text was read.</exception>
    public float[] FeedForward(int layer) => Mean(ActivationSite.FeedForwardOutput, layer);

    private float[] Mean(ActivationSite site, int layer)
    {
        if (_tokens == 0) throw new InvalidOperationException("No text was read, so there is no mean.");
        return [.. _sums[(site, layer)].Select(sum => (float)(sum / _tokens))];
    }

    private sealed class Summation(ActivationMeans owner) : IActivationHook
    {
        public void Visit(ActivationSite site, int layer, int position, Rows values, int width)
        {
            if (site is not (ActivationSite.HeadOutput or ActivationSite.AttentionOutput or ActivationSite.FeedForwardOutput)) return;
            if (!owner._sums.TryGetValue((site, layer), out var sums)) owner._sums[(site, layer)] = sums = new double[width];
            var wide = new double[width];
            for (var r = 0; r < values.Count; r++)
            {
                TensorPrimitives.ConvertChecked<float, double>(values.Values.Slice(r * values.Stride, width), wide);
                TensorPrimitives.Add<double>(sums, wide, sums);
            }
        }
    }
}

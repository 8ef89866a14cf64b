using System.Globalization;
using System.Text.RegularExpressions;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>A part that is switched off, or numbers that are taken from another prompt, as an address names it.</summary>
/// <remarks><c>h2.1</c> a head, <c>a2</c> all attention of a layer, <c>m2</c> its feed-forward layer; <c>r2@5</c> the stream after layer 2 at token 5 from the other prompt.</remarks>
/// <param name="Kind">What: h, a, m or r.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Index">The head or the token; 0 where there is none.</param>
public sealed partial record ModelChange(char Kind, int Layer, int Index)
{
    /// <summary>A head.</summary>
    public static ModelChange OfHead(int layer, int head) => new('h', layer, head);

    /// <summary>All attention of a layer.</summary>
    public static ModelChange OfAttention(int layer) => new('a', layer, 0);

    /// <summary>The feed-forward layer of a layer.</summary>
    public static ModelChange OfFeedForward(int layer) => new('m', layer, 0);

    /// <summary>The residual stream of a token after a layer.</summary>
    public static ModelChange OfStream(int layer, int token) => new('r', layer, token);

    /// <summary>Whether numbers are taken from another prompt.</summary>
    public bool IsPatch => Kind == 'r';

    /// <summary>Reads what an address says; what is not understood is passed over.</summary>
    public static IReadOnlyList<ModelChange> Parse(string? text) =>
    [
        .. (text ?? "").Split(',').Select(part => Pattern().Match(part)).Where(match => match.Success)
            .Select(match => new ModelChange(match.Groups["kind"].Value[0], Number(match.Groups["layer"].Value), match.Groups["index"] is { Success: true } index ? Number(index.Value) : 0))
            .Distinct(),
    ];

    /// <summary>What <see cref="Parse"/> reads; null where nothing is changed.</summary>
    public static string? Write(IEnumerable<ModelChange> changes) => string.Join(',', changes) is { Length: > 0 } text ? text : null;

    /// <summary>The change to the model's numbers; null where the model has no such part, or the other prompt no such token.</summary>
    /// <param name="config">The model.</param>
    /// <param name="source">The reading that numbers are taken from, where there is one.</param>
    public Intervention? ToIntervention(ModelConfig config, ForwardTrace? source)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (Layer >= config.LayerCount) return null;
        return Kind switch
        {
            'h' when Index < config.HeadCount => new HeadAblation { Layer = Layer, Head = Index, HeadSize = config.HeadSize },
            'a' => new BranchAblation { Layer = Layer, Attention = true },
            'm' => new BranchAblation { Layer = Layer, FeedForward = true },
            'r' when source is not null && Index < source.Tokens.Count => new ActivationPatch
            {
                Layer = Layer,
                Site = ActivationSite.Residual,
                Position = Index,
                Values = source.Residual(Layer + 1)[Index].ToArray(),
            },
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}{Layer}{Kind switch { 'h' => $".{Index}", 'r' => $"@{Index}", _ => "" }}");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?:(?<kind>h)(?<layer>\d{1,4})\.(?<index>\d{1,4})|(?<kind>[am])(?<layer>\d{1,4})|(?<kind>r)(?<layer>\d{1,4})@(?<index>\d{1,6}))$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

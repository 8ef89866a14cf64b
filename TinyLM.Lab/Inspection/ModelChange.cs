using System.Globalization;
using System.Text.RegularExpressions;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>A part that is switched off, or whose numbers are taken from another prompt, as an address names it.</summary>
/// <remarks>
/// Off: <c>h2.1</c> a head, <c>a2</c> all attention of a layer, <c>m2</c> its feed-forward layer. From another prompt, at token 5 or at all:
/// <c>ph2.1@5</c>, <c>pa2@5</c>, <c>pm2@all</c>, and <c>pr2@5</c> the residual stream after the layer.
/// </remarks>
/// <param name="Part">What is changed.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Head">The head; 0 for other parts.</param>
public sealed partial record ModelChange(ModelPart Part, int Layer, int Head = 0)
{
    private const string Letters = "hamr"; // in the order of ModelPart

    /// <summary>Whether numbers are taken from another prompt.</summary>
    public bool IsPatch { get; init; }

    /// <summary>The token that numbers are taken over at; null for all.</summary>
    public int? Token { get; init; }

    /// <summary>The place in the forward pass.</summary>
    public ActivationSite Site => SiteOf(Part);

    /// <summary>The place of a part in the forward pass.</summary>
    public static ActivationSite SiteOf(ModelPart part) => part switch
    {
        ModelPart.Head => ActivationSite.HeadOutput,
        ModelPart.Attention => ActivationSite.AttentionOutput,
        ModelPart.FeedForward => ActivationSite.FeedForwardOutput,
        _ => ActivationSite.Residual,
    };

    /// <summary>Reads what an address says; what is not understood is passed over.</summary>
    public static IReadOnlyList<ModelChange> Parse(string? text) =>
        [.. (text ?? "").Split(',').Select(part => Pattern().Match(part)).Where(match => match.Success).Select(Read).Distinct()];

    /// <summary>What <see cref="Parse"/> reads; null where nothing is changed.</summary>
    public static string? Write(IEnumerable<ModelChange> changes) => string.Join(',', changes) is { Length: > 0 } text ? text : null;

    /// <summary>The part switched off; null where the model has no such part.</summary>
    /// <param name="config">The model.</param>
    /// <param name="means">What stands in for the part; zeros if null.</param>
    public Intervention? ToAblation(ModelConfig config, ActivationMeans? means)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (Layer >= config.LayerCount || Head >= config.HeadCount) return null;
        return Part switch
        {
            ModelPart.Head => new HeadAblation { Layer = Layer, Head = Head, HeadSize = config.HeadSize, Instead = means?.Head(Layer, Head) },
            ModelPart.Attention => new BranchAblation { Layer = Layer, Attention = true, AttentionInstead = means?.Attention(Layer) },
            ModelPart.FeedForward => new BranchAblation { Layer = Layer, FeedForward = true, FeedForwardInstead = means?.FeedForward(Layer) },
            _ => null,
        };
    }

    /// <summary>The part's numbers of another reading; none where the model has no such part, or one of the prompts no such token.</summary>
    /// <param name="source">The reading that numbers are taken from.</param>
    /// <param name="tokenCount">Tokens of the prompt that they are put into.</param>
    public IReadOnlyList<Intervention> ToPatches(ForwardTrace source, int tokenCount)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (Layer >= source.Config.LayerCount || Head >= source.Config.HeadCount) return [];
        var count = Math.Min(tokenCount, source.Tokens.Count);
        int? head = Part == ModelPart.Head ? Head : null;
        return Token is { } token
            ? token < count ? [ActivationPatch.Of(source, Site, Layer, head, token)] : []
            : [.. Enumerable.Range(0, count).Select(position => ActivationPatch.Of(source, Site, Layer, head, position))];
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsPatch ? "p" : "")}{Letters[(int)Part]}{Layer}{(Part == ModelPart.Head ? $".{Head}" : "")}{(!IsPatch ? "" : Token is { } token ? $"@{token}" : "@all")}");

    private static ModelChange Read(Match match)
    {
        var change = new ModelChange((ModelPart)Letters.IndexOf(match.Groups["part"].Value, StringComparison.Ordinal), Number(match.Groups["layer"]), Number(match.Groups["head"]));
        return !match.Groups["patch"].Success ? change : change with { IsPatch = true, Token = match.Groups["token"].Value == "all" ? null : Number(match.Groups["token"]) };
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<part>h)(?<layer>\d{1,4})\.(?<head>\d{1,4})|(?<part>[am])(?<layer>\d{1,4})|(?<patch>p)(?:(?<part>h)(?<layer>\d{1,4})\.(?<head>\d{1,4})|(?<part>[amr])(?<layer>\d{1,4}))@(?<token>\d{1,6}|all))$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>A unit to show losses in.</summary>
/// <param name="Name">As charts and tiles say it.</param>
/// <param name="Of">Makes of a loss in nats per token a value in this unit.</param>
public sealed record LossUnit(string Name, Func<double, double> Of)
{
    /// <summary>Nats per token: what training minimises; comparable between runs of one tokenizer only.</summary>
    public static LossUnit NatsPerToken { get; } = new("nats per token", nats => nats);

    /// <summary>e to the loss: among how many equally likely tokens the model chooses, on average; comparable as <see cref="NatsPerToken"/> is.</summary>
    public static LossUnit Perplexity { get; } = new("perplexity", Math.Exp);

    /// <summary>Bits per byte of text: comparable whatever the tokenizer; null before the data are ready.</summary>
    public static LossUnit? BitsPerByte(DatasetEvent? dataset)
    {
        if (dataset is not { BytesPerToken: > 0 }) return null;
        var scale = 1 / (Math.Log(2) * dataset.BytesPerToken);
        return new LossUnit("bits per byte", nats => nats * scale);
    }

    /// <summary>The unit of a kind; nats per token where bits per byte are not known yet.</summary>
    public static LossUnit Find(LossUnitKind kind, DatasetEvent? dataset) => kind switch
    {
        LossUnitKind.Bits => BitsPerByte(dataset) ?? NatsPerToken,
        LossUnitKind.Perplexity => Perplexity,
        _ => NatsPerToken,
    };
}

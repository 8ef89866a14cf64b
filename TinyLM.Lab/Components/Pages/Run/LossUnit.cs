using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>A unit to show losses in.</summary>
/// <param name="Name">As charts and tiles say it.</param>
/// <param name="Scale">What a loss in nats per token is multiplied by.</param>
public sealed record LossUnit(string Name, double Scale)
{
    /// <summary>Nats per token: what training minimises; comparable between runs of one tokenizer only.</summary>
    public static LossUnit NatsPerToken { get; } = new("nats per token", 1);

    /// <summary>Bits per byte of text: comparable whatever the tokenizer; null before the data are ready.</summary>
    public static LossUnit? BitsPerByte(DatasetEvent? dataset) =>
        dataset is { BytesPerToken: > 0 } ? new LossUnit("bits per byte", 1 / (Math.Log(2) * dataset.BytesPerToken)) : null;
}

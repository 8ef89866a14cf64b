namespace TinyLM.Model.Scaling;

/// <summary>What a published training took by its own account.</summary>
/// <param name="Title">The model.</param>
/// <param name="DeviceHours">Hours of all its devices.</param>
/// <param name="Watts">Power of a device.</param>
/// <param name="CarbonTonnes">Carbon dioxide as printed, tonnes.</param>
public sealed record PublishedTraining(string Title, double DeviceHours, double Watts, double CarbonTonnes)
{
    /// <summary>Llama 3's model card, https://github.com/meta-llama/llama3/blob/main/MODEL_CARD.md: H100-80GB at 700 W.</summary>
    public static IReadOnlyList<PublishedTraining> Llama3 { get; } =
    [
        new("Llama 3 8B", 1.3e6, 700, 390),
        new("Llama 3 70B", 6.4e6, 700, 1900),
        new("Llama 3, both", 7.7e6, 700, 2290),
    ];

    /// <summary>The same by our formula, at the carbon of <see cref="TrainingCost.Llama3Carbon"/>.</summary>
    public TrainingCost Cost => new(DeviceHours, 1, Watts, TrainingCost.Llama3Carbon, 0);
}

namespace TinyLM.Model.Scaling;

/// <summary>A model that was trained, and the loss that it reached.</summary>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Tokens">Tokens that it learned from.</param>
/// <param name="Loss">Its loss, nats per token.</param>
public readonly record struct LossPoint(double Parameters, double Tokens, double Loss)
{
    /// <summary>Size and text.</summary>
    public ScalingPoint Place => new(Parameters, Tokens);
}

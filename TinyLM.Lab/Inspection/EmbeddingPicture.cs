using System.Runtime.CompilerServices;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>A model's embeddings: a map of the tokens, and the positions.</summary>
/// <param name="Map">Where each token lies along the two directions of the greatest spread.</param>
/// <param name="Positions">Embeddings of the first positions; null where positions are not learned.</param>
/// <param name="Similarity">Cosines between them; null where positions are not learned.</param>
/// <param name="Angles">Cosines of the rotary angles, a row for each position; null where positions are learned.</param>
public sealed record EmbeddingPicture(PrincipalComponents Map, ActivationTable? Positions, ActivationTable? Similarity, ActivationTable? Angles)
{
    /// <summary>Positions that are drawn at most.</summary>
    public const int MostPositions = 128;

    private static readonly ConditionalWeakTable<LanguageModel, EmbeddingPicture> s_drawn = [];

    /// <summary>Draws a model, whatever it read; once for each model in memory.</summary>
    public static EmbeddingPicture Of(ForwardTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return s_drawn.GetValue(trace.Model, Of);
    }

    private static EmbeddingPicture Of(LanguageModel model)
    {
        var space = new EmbeddingSpace(model);
        return new EmbeddingPicture(space.Map(2), space.Positions(MostPositions), space.PositionSimilarity(MostPositions), space.RotaryAngles(MostPositions));
    }
}

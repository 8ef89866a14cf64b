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

    /// <summary>Draws a model.</summary>
    public static EmbeddingPicture Of(ForwardTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var space = new EmbeddingSpace(trace.Model);
        return new EmbeddingPicture(space.Map(2), space.Positions(MostPositions), space.PositionSimilarity(MostPositions), space.RotaryAngles(MostPositions));
    }
}

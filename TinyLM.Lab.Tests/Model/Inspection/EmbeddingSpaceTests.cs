using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Model.Inspection;

public class EmbeddingSpaceTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 60, ContextLength = 20, EmbeddingSize = 12, LayerCount = 1, HeadCount = 3 };

    [Property(MaxTest = 30)]
    public Property Eigen_AnySymmetricMatrix_SolvesTheEquationWithOrthogonalVectors() => Prop.ForAll(Gen.Choose(1, 12).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (size, seed) =>
    {
        var random = new Random(seed);
        double[][] half = [.. Enumerable.Range(0, size).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        double[][] matrix = [.. half.Select(a => half.Select(b => Dot(a, b)).ToArray())]; // no negative eigenvalue

        var (vectors, values) = JacobiEigen.Solve(matrix);
        var (first, greatest) = PrincipalComponents.Eigenvectors(matrix, Math.Min(2, size));

        AssertSolves(matrix, vectors, values, 1e-10);
        AssertSolves(matrix, first, greatest, 1e-6);
        Assert.Equal(values.Take(first.Length), greatest, (a, b) => Math.Abs(a - b) <= 1e-6 * values[0]);
    });

    [Fact]
    public void Map_OfPointsOnAnEllipse_FindsItsAxes()
    {
        // 400 points; spread 9 along (3, 4, 0)/5, 4 along (−4, 3, 0)/5, none along the third, around (7, −2, 5).
        var points = new float[1200];
        for (var i = 0; i < 400; i++)
        {
            var (a, b) = (3 * Math.Sqrt(2) * Math.Cos(i * Math.PI / 200), 2 * Math.Sqrt(2) * Math.Sin(i * Math.PI / 200));
            points[3 * i] = (float)(7 + 0.6 * a - 0.8 * b);
            points[3 * i + 1] = (float)(-2 + 0.8 * a + 0.6 * b);
            points[3 * i + 2] = 5;
        }

        var components = PrincipalComponents.Of(points, 3, 2);

        Assert.Equal([9, 4], components.Variances, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(13, components.TotalVariance, 1e-4);
        Assert.Equal([0.6, 0.8, 0], components.Directions[0], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([0.8, -0.6, 0], components.Directions[1], (a, b) => Math.Abs(a - b) < 1e-5); // its greatest coordinate is positive
        Assert.Equal(3 * Math.Sqrt(2), components.Coordinates[0][0], 1e-4);
    }

    [Fact]
    public void Nearest_OfAToken_AreThoseOfTheGreatestCosine()
    {
        var space = Space();
        var expected = Enumerable.Range(0, 60).Where(token => token != 7).OrderByDescending(token => Cosine(space[token], space[7])).Take(5);

        var nearest = space.Nearest(space[7], 5, except: 7);

        Assert.Equal(expected, nearest.Select(one => one.Token));
        Assert.Equal(Cosine(space[nearest[0].Token], space[7]), nearest[0].Cosine, 1e-5);
        Assert.Equal(7, space.Nearest(space[7], 1)[0].Token);
    }

    [Fact]
    public void Combine_TokensAddedAndTakenAway_FindsTheRest()
    {
        var space = Space();

        var sum = space.Combine([(3, 1), (8, 1), (3, -1)]);

        Assert.Equal((8, 1), (space.Nearest(sum, 1)[0].Token, Math.Round(space.Nearest(sum, 1)[0].Cosine, 5)));
        Assert.Empty(space.Nearest(new float[12], 3)); // nothing lies in the direction of zero
    }

    [Fact]
    public void Positions_OfALearnedTable_AreSimilarToThemselves()
    {
        var similarity = Space().PositionSimilarity(50)!;

        Assert.Equal((20, 20), (similarity.Rows, similarity.Columns));
        for (var a = 0; a < 20; a++)
        {
            Assert.Equal(1, similarity[a][a], 1e-5);
            Assert.Equal(similarity[a][0], similarity[0][a]);
        }
    }

    [Fact]
    public void RotaryAngles_OfALlama_TurnTheFirstPairFastest()
    {
        var config = s_config with { Family = ModelFamily.Llama };
        var space = new EmbeddingSpace(LanguageModel.Create(TestWeights.Random(config, seed: 8)));

        var angles = space.RotaryAngles(5)!;

        Assert.Equal((5, 2), (angles.Rows, angles.Columns));
        Assert.Equal([1, 1], angles[0].ToArray());
        Assert.Equal(Math.Cos(3), angles[3][0], 1e-6);
        Assert.Equal(Math.Cos(0.03), angles[3][1], 1e-6); // 10,000 to the half is 100
        Assert.Null(space.Positions(5));
        Assert.Null(space.PositionSimilarity(5));
        Assert.Null(Space().RotaryAngles(5));
    }

    private static EmbeddingSpace Space() => new(LanguageModel.Create(TestWeights.Random(s_config, seed: 8)));

    private static void AssertSolves(double[][] matrix, double[][] vectors, double[] values, double tolerance)
    {
        var scale = Math.Max(1e-12, values.Max(Math.Abs));
        for (var i = 0; i < vectors.Length; i++)
        {
            for (var r = 0; r < matrix.Length; r++) Assert.Equal(values[i] * vectors[i][r], Dot(matrix[r], vectors[i]), tolerance * scale);
            for (var j = 0; j < vectors.Length; j++) Assert.Equal(i == j ? 1 : 0, Dot(vectors[i], vectors[j]), 1e-9);
        }
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (product, lengthA, lengthB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++) (product, lengthA, lengthB) = (product + a[i] * b[i], lengthA + a[i] * a[i], lengthB + b[i] * b[i]);
        return product / Math.Sqrt(lengthA * lengthB);
    }
}

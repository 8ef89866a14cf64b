using TinyLM.Model.Numerics;

namespace TinyLM.Lab.Tests.Model.Numerics;

public class Xoshiro256Tests
{
    /// <summary>The reference vector of the authors' C code from the state 1, 2, 3, 4, as rand_xoshiro (Rust) publishes it.</summary>
    [Fact]
    public void Next_FromTheStateOfTheReferenceVector_GivesItsNumbers()
    {
        var random = new Xoshiro256(1, 2, 3, 4);

        ulong[] numbers = [.. Enumerable.Range(0, 10).Select(_ => random.Next())];

        Assert.Equal(
            [
                11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625,
                8476171486693032832, 10595114339597558777, 2904607092377533576,
            ],
            numbers);
    }

    /// <summary>The numbers that SplitMix64 gives from the seed 1234567, as its many ports agree on.</summary>
    [Fact]
    public void SplitMix64_FromAKnownSeed_GivesTheKnownNumbers()
    {
        var state = 1234567UL;

        ulong[] numbers = [.. Enumerable.Range(0, 5).Select(_ => Xoshiro256.SplitMix64(ref state))];

        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], numbers);
    }

    [Fact]
    public void NextDouble_ManyTimes_IsEvenBetweenZeroAndOne()
    {
        var random = new Xoshiro256(7);
        var tenths = new int[10];

        for (var i = 0; i < 100_000; i++) tenths[(int)(random.NextDouble() * 10)]++;

        Assert.All(tenths, count => Assert.InRange(count, 10_000 - 400, 10_000 + 400)); // 4 standard deviations
    }
}

namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>How likely each option of a choice is: whole numbers over their sum, so that every machine draws alike.</summary>
internal sealed class Weights
{
    private static readonly Weights[] s_even = [.. Enumerable.Range(0, 512).Select(count => new Weights([.. Enumerable.Repeat(1, count)]))];

    private readonly int[] _upTo;
    private readonly double[] _logProbabilities;

    /// <param name="weights">One positive number an option.</param>
    public Weights(int[] weights)
    {
        _upTo = new int[weights.Length];
        var sum = 0;
        for (var i = 0; i < weights.Length; i++) _upTo[i] = sum += weights[i];
        Sum = sum;
        _logProbabilities = [.. weights.Select(weight => Math.Log((double)weight / sum))];
    }

    /// <summary>The sum of the weights: a draw is a number below it.</summary>
    public int Sum { get; }

    /// <summary>Options that are equally likely.</summary>
    public static Weights Even(int count) => s_even[count];

    /// <summary>The option that a draw below <see cref="Sum"/> falls on.</summary>
    public int OptionAt(int draw)
    {
        if (Sum == _upTo.Length) return draw;
        var option = 0;
        while (_upTo[option] <= draw) option++;
        return option;
    }

    /// <summary>Natural logarithm of the probability of an option.</summary>
    public double LogProbabilityOf(int option) => _logProbabilities[option];
}

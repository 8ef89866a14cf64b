namespace TinyLM.Model.Architectures;

// D = size of a head, T = positions

/// <summary>The angles by which rotary positions turn queries and keys: pair i of a head at position t by t · base^(−2i/D).</summary>
/// <remarks>Su et al. 2021, https://arxiv.org/abs/2104.09864. Computed in double precision, since an angle may be thousands of turns.</remarks>
internal sealed class RotaryTable
{
    /// <param name="config">A model with rotary positions.</param>
    /// <param name="length">T.</param>
    public RotaryTable(ModelConfig config, int length)
    {
        Pairs = config.HeadSize / 2;
        Cosines = new float[checked(length * Pairs)];
        Sines = new float[Cosines.Length];
        for (var pair = 0; pair < Pairs; pair++)
        {
            var frequency = Frequency(config, pair);
            for (var position = 0; position < length; position++)
            {
                var (sine, cosine) = Math.SinCos(position * frequency);
                Cosines[position * Pairs + pair] = (float)cosine;
                Sines[position * Pairs + pair] = (float)sine;
            }
        }
    }

    /// <summary>D / 2.</summary>
    public int Pairs { get; }

    /// <summary>(T, D / 2).</summary>
    public float[] Cosines { get; }

    /// <summary>(T, D / 2).</summary>
    public float[] Sines { get; }

    /// <summary>Radians a position by which a pair is turned.</summary>
    public static double Frequency(ModelConfig config, int pair) => Math.Pow(config.RotaryBase, -2.0 * pair / config.HeadSize);
}

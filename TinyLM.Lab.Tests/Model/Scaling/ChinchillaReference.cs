using System.Globalization;
using System.Text.Json;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Model.Scaling;

/// <summary>Laws, their values and their optima, reckoned elsewhere with 60 digits.</summary>
internal static class ChinchillaReference
{
    /// <summary>Sixteen digits are given; the last of a double may differ by the order of its operations.</summary>
    public const double Tolerance = 1e-9;

    /// <summary>The file; the test is skipped where it is absent.</summary>
    public static JsonElement Read() => JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "chinchilla", "chinchilla.json"))).RootElement;

    /// <summary>The digitised points, without the five of the highest loss, as Besiroglu et al. leave them out.</summary>
    public static IReadOnlyList<LossPoint> Points()
    {
        using var text = new StreamReader(SharedData.Path("golden", "chinchilla", "epoch_svg_extracted_data.csv"));
        return [.. LossPoints.Parse(text, "points").OrderBy(point => point.Loss).SkipLast(5)];
    }

    /// <summary>A law of the file by its name.</summary>
    public static ParametricLaw Law(JsonElement file, string name)
    {
        var constants = file.GetProperty("params").GetProperty(name);
        return new ParametricLaw(Number(constants, "E"), Number(constants, "A"), Number(constants, "B"), Number(constants, "alpha"), Number(constants, "beta"));
    }

    /// <summary>A number, which the file has as a text.</summary>
    public static double Number(JsonElement parent, string name) => double.Parse(parent.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    /// <summary>Whether two numbers are the same but for <see cref="Tolerance"/> of their size.</summary>
    public static void Same(double expected, double actual) => Assert.InRange(actual / expected, 1 - Tolerance, 1 + Tolerance);
}

using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using TinyLM.Model.Architectures;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>What a person chose to reckon with: a model, its training, its use. All of it stands in the address.</summary>
public sealed record ArithmeticState
{
    /// <summary>Shape of the model.</summary>
    public ModelConfig Model { get; init; } = ModelShapes.Find("gpt2-124m")!.Config;

    /// <summary>Tokens of the training.</summary>
    public double Tokens { get; init; } = 10e9;

    /// <summary>Sequences in a pass.</summary>
    public int Sequences { get; init; } = 8;

    /// <summary>What is kept for each parameter.</summary>
    public TrainingNumbers Numbers { get; init; } = TrainingNumbers.Mixed;

    /// <summary>What is kept of the blocks.</summary>
    public ActivationKeeping Keeping { get; init; } = ActivationKeeping.WithoutScores;

    /// <summary>How operations are counted.</summary>
    public FlopsConvention Convention { get; init; } = FlopsConvention.Parameters;

    /// <summary>Id of the device.</summary>
    public string Device { get; init; } = Accelerators.H100.Id;

    /// <summary>How many of them.</summary>
    public double Devices { get; init; } = 8;

    /// <summary>The part of their peak that is reached, in percent.</summary>
    public double Utilisation { get; init; } = 40;

    /// <summary>Kilograms of carbon dioxide of a kilowatt-hour.</summary>
    public double Carbon { get; init; } = TrainingCost.Llama3Carbon;

    /// <summary>Price of an hour of a device.</summary>
    public double Price { get; init; } = 2;

    /// <summary>Texts that are written at once.</summary>
    public double Texts { get; init; } = 1;

    /// <summary>The state that an address says; what it does not say, or says wrongly, is as at first.</summary>
    public static ArithmeticState OfAddress(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        var first = new ArithmeticState();
        var shape = Text("shape") is { } id && ShapeOf(id) is { } known ? known.Config : first.Model;
        return new ArithmeticState
        {
            Model = shape with
            {
                Family = Choice("family", shape.Family),
                VocabularySize = Whole("vocabulary", shape.VocabularySize),
                ContextLength = Whole("context", shape.ContextLength),
                EmbeddingSize = Whole("width", shape.EmbeddingSize),
                LayerCount = Whole("layers", shape.LayerCount),
                HeadCount = Whole("heads", shape.HeadCount),
                KeyValueHeadCount = Whole("kv", shape.KeyValueHeadCount),
                FeedForwardSize = Whole("inner", shape.FeedForwardSize),
                TiedHead = Text("tied") is { } tied ? tied == "yes" : shape.TiedHead,
            },
            Tokens = Number("tokens", first.Tokens),
            Sequences = Whole("sequences", first.Sequences),
            Numbers = Choice("numbers", first.Numbers),
            Keeping = Choice("keep", first.Keeping),
            Convention = Choice("count", first.Convention),
            Device = Accelerators.Find(Text("device"))?.Id ?? first.Device,
            Devices = Number("devices", first.Devices),
            Utilisation = Number("mfu", first.Utilisation),
            Carbon = Number("carbon", first.Carbon),
            Price = Number("price", first.Price),
            Texts = Number("texts", first.Texts),
        };

        string? Text(string name) => query.TryGetValue(name, out var values) ? values[^1] : null;

        int Whole(string name, int otherwise) => int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

        double Number(string name, double otherwise) => double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : otherwise;

        T Choice<T>(string name, T otherwise)
            where T : struct, Enum => Text(name) is { } text && Enum.GetValues<T>().Where(value => Name(value) == text).ToList() is [var found] ? found : otherwise;
    }

    /// <summary>The members of the address that say the state; null takes one out.</summary>
    public IReadOnlyDictionary<string, object?> ToQuery()
    {
        var first = new ArithmeticState();
        var shape = ShapeOf(Model);
        return new Dictionary<string, object?>
        {
            ["shape"] = shape?.Id,
            ["family"] = Own(Name(Model.Family)),
            ["vocabulary"] = Own(Model.VocabularySize),
            ["context"] = Own(Model.ContextLength),
            ["width"] = Own(Model.EmbeddingSize),
            ["layers"] = Own(Model.LayerCount),
            ["heads"] = Own(Model.HeadCount),
            ["kv"] = Own(Model.KeyValueHeadCount),
            ["inner"] = Own(Model.FeedForwardSize),
            ["tied"] = Own(Model.TiedHead ? "yes" : "no"),
            ["tokens"] = Other(Tokens, first.Tokens),
            ["sequences"] = Other(Sequences, first.Sequences),
            ["numbers"] = Numbers == first.Numbers ? null : Name(Numbers),
            ["keep"] = Keeping == first.Keeping ? null : Name(Keeping),
            ["count"] = Convention == first.Convention ? null : Name(Convention),
            ["device"] = Device == first.Device ? null : Device,
            ["devices"] = Other(Devices, first.Devices),
            ["mfu"] = Other(Utilisation, first.Utilisation),
            ["carbon"] = Other(Carbon, first.Carbon),
            ["price"] = Other(Price, first.Price),
            ["texts"] = Other(Texts, first.Texts),
        };

        object? Own(object value) => shape is null ? value : null;

        static object? Other(double value, double first) => value == first ? null : value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Every broken rule, worded for the person who reckons; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [.. Model.Validate()];
        Check(Tokens is >= 1 and <= ScalingQuestion.MostTokens, $"Tokens are {Display.Amount(Tokens)}; they must be between 1 and {Display.Power(ScalingQuestion.MostTokens)}.");
        Check(Sequences is >= 1 and <= 1_000_000, $"Sequences are {Sequences}; there must be between 1 and 1,000,000.");
        Check(Devices is >= 1 and <= 1e7, $"Devices are {Display.Amount(Devices)}; there must be between 1 and 10 million.");
        Check(Utilisation is > 0 and <= 100, $"Utilisation is {Display.Amount(Utilisation)}%; it must be above 0 and at most 100.");
        Check(Carbon is >= 0 and <= 100, $"Carbon dioxide is {Display.Amount(Carbon)} kg a kilowatt-hour; it must be between 0 and 100.");
        Check(Price is >= 0 and <= 1e6, $"The price is {Display.Amount(Price)} an hour; it must be between 0 and a million.");
        Check(Texts is >= 1 and <= 1e6, $"Texts are {Display.Amount(Texts)}; there must be between 1 and a million.");
        return problems;

        void Check(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }

    /// <summary>A known shape by its id; null where there is none.</summary>
    public static ModelShape? ShapeOf(string id) => ModelShapes.All.Concat(ModelShapes.Large).FirstOrDefault(shape => shape.Id == id);

    /// <summary>The known shape that a model has; null where it is one's own.</summary>
    public static ModelShape? ShapeOf(ModelConfig model) => ModelShapes.All.Concat(ModelShapes.Large).FirstOrDefault(shape => shape.Config == model);

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>What a page on the inside of a model shows; all of it stands in the address, so that a link brings it back.</summary>
public sealed record InspectState
{
    /// <summary>Read where nothing else was typed: names and words that return give attention something to find.</summary>
    public const string UsualPrompt = "Lily had a red ball. Tom wanted the red ball. Lily gave the ball to";

    /// <summary>Who reads; null chooses.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>What is read.</summary>
    public string Prompt { get; init; } = UsualPrompt;

    /// <summary>The block in view.</summary>
    public int Layer { get; init; }

    /// <summary>The head in view.</summary>
    public int Head { get; init; }

    /// <summary>The token in view; null for the last.</summary>
    public int? Token { get; init; }

    /// <summary>The first token of the window that is drawn.</summary>
    public int Start { get; init; }

    /// <summary>How the heads of a layer are put together: <c>one</c>, <c>mean</c> or <c>max</c>.</summary>
    public string Heads { get; init; } = "one";

    /// <summary>How a token's attention is drawn: <c>tokens</c> or <c>arcs</c>.</summary>
    public string Drawing { get; init; } = "tokens";

    /// <summary>The model whose attention stands beside; null for the same checkpoint.</summary>
    public ModelReference? Beside { get; init; }

    /// <summary>The head that stands beside, as <c>layer.head</c>; null for the same. Nothing stands beside where <see cref="Beside"/> is null too.</summary>
    public string? BesideHead { get; init; }

    /// <summary>The text that heads are measured on: <c>learned</c> or <c>validation</c>.</summary>
    public string Sample { get; init; } = "learned";

    /// <summary>The stage of the way from prompt to next token.</summary>
    public string? Stage { get; init; }

    /// <summary>Parts of the model that are switched off, and numbers that are put in; see <see cref="ModelChange"/>.</summary>
    public string? Changes { get; init; }

    /// <summary>What a part that is switched off gives: <c>zero</c> or its <c>mean</c>.</summary>
    public string Ablate { get; init; } = "zero";

    /// <summary>The prompt that numbers are taken from.</summary>
    public string? Source { get; init; }

    /// <summary>What tokens are shaded by: <c>loss</c>, <c>entropy</c> or <c>excess</c>.</summary>
    public string Shade { get; init; } = "loss";

    /// <summary>Divides the logits before the softmax.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps only the likeliest so many tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the likeliest tokens that together reach this probability; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least so many times as likely as the likeliest; 0 keeps all.</summary>
    public double MinP { get; init; }

    /// <summary>The token whose neighbours are looked for.</summary>
    public string? Word { get; init; }

    /// <summary>A sum of tokens, such as <c>king - man + woman</c>.</summary>
    public string? Sum { get; init; }

    /// <summary>Reads the query of an address; what it does not say is as usual.</summary>
    public static InspectState Parse(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        var usual = new InspectState();
        return usual with
        {
            Model = ModelReference.TryParse(Text("model"), out var model) ? model : null,
            Prompt = Text("prompt") ?? usual.Prompt,
            Layer = Number("layer") ?? 0,
            Head = Number("head") ?? 0,
            Token = Number("token"),
            Start = Number("start") ?? 0,
            Heads = Text("heads") is "mean" or "max" ? Text("heads")! : usual.Heads,
            Drawing = Text("drawing") is "arcs" ? "arcs" : usual.Drawing,
            Beside = ModelReference.TryParse(Text("beside"), out var beside) ? beside : null,
            BesideHead = Text("beside-head"),
            Sample = Text("sample") is "validation" ? "validation" : usual.Sample,
            Ablate = Text("ablate") is "mean" ? "mean" : usual.Ablate,
            Stage = Text("stage"),
            Changes = Text("changes"),
            Source = Text("source"),
            Shade = Text("shade") is "entropy" or "excess" ? Text("shade")! : usual.Shade,
            Temperature = Share("temperature", 10) ?? usual.Temperature,
            TopK = Number("top-k") ?? 0,
            TopP = Share("top-p", 1) is { } topP and > 0 ? topP : usual.TopP,
            MinP = Share("min-p", 1) ?? 0,
            Word = Text("word"),
            Sum = Text("sum"),
        };

        string? Text(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

        int? Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        double? Share(string name, double most) => double.TryParse(Text(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share <= most ? share : null;
    }

    /// <summary>The address of a view in this state.</summary>
    /// <param name="view">The view.</param>
    public string ToAddress(string view)
    {
        var usual = new InspectState();
        return QueryHelpers.AddQueryString($"/inspect/{view}", new Dictionary<string, string?>
        {
            ["model"] = Model?.ToString(),
            ["prompt"] = Prompt == usual.Prompt ? null : Prompt,
            ["layer"] = Number(Layer),
            ["head"] = Number(Head),
            ["token"] = Token?.ToString(CultureInfo.InvariantCulture),
            ["start"] = Number(Start),
            ["heads"] = Heads == usual.Heads ? null : Heads,
            ["drawing"] = Drawing == usual.Drawing ? null : Drawing,
            ["beside"] = Beside?.ToString(),
            ["beside-head"] = BesideHead,
            ["sample"] = Sample == usual.Sample ? null : Sample,
            ["ablate"] = Ablate == usual.Ablate ? null : Ablate,
            ["stage"] = Stage,
            ["changes"] = Changes,
            ["source"] = Source,
            ["shade"] = Shade == usual.Shade ? null : Shade,
            ["temperature"] = Decimals(Temperature, usual.Temperature),
            ["top-k"] = Number(TopK),
            ["top-p"] = Decimals(TopP, usual.TopP),
            ["min-p"] = Decimals(MinP, usual.MinP),
            ["word"] = Word,
            ["sum"] = Sum,
        }.Where(pair => pair.Value is not null));

        static string? Decimals(double value, double usual) => value == usual ? null : value.ToString("0.####", CultureInfo.InvariantCulture);

        static string? Number(int value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);
    }
}

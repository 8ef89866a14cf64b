using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
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

    /// <summary>What stands beside it: <c>head:1.2</c>, <c>step:100</c>, or nothing.</summary>
    public string? Beside { get; init; }

    /// <summary>The stage of the way from prompt to next token.</summary>
    public string? Stage { get; init; }

    /// <summary>Parts of the model that are switched off, and numbers that are put in; see <see cref="InterventionText"/>.</summary>
    public string? Changes { get; init; }

    /// <summary>The prompt that numbers are taken from.</summary>
    public string? Source { get; init; }

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
            Beside = Text("beside"),
            Stage = Text("stage"),
            Changes = Text("changes"),
            Source = Text("source"),
        };

        string? Text(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

        int? Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
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
            ["beside"] = Beside,
            ["stage"] = Stage,
            ["changes"] = Changes,
            ["source"] = Source,
        }.Where(pair => pair.Value is not null));

        static string? Number(int value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TinyLM.Lab.Hosting;

namespace TinyLM.Lab.Models;

/// <summary>Names a model in one text, for addresses, command lines and the HTTP API: <c>run/&lt;id&gt;</c>, <c>run/&lt;id&gt;@&lt;step&gt;</c> or <c>model/&lt;id&gt;</c>.</summary>
/// <param name="Origin">Where the model comes from.</param>
/// <param name="Id">The run or the imported model; safe as the name of a folder.</param>
/// <param name="Step">The step of a run's checkpoint; null for the newest, and for imported models.</param>
public sealed record ModelReference(ModelOrigin Origin, string Id, int? Step = null)
{
    private const string RunPrefix = "run/";
    private const string ImportedPrefix = "model/";

    /// <summary>A checkpoint of a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The checkpoint's step; null for the newest.</param>
    public static ModelReference OfRun(string runId, int? step = null) => new(ModelOrigin.Run, runId, step);

    /// <summary>An imported model.</summary>
    public static ModelReference OfImported(string modelId) => new(ModelOrigin.Imported, modelId);

    /// <summary>Reads what <see cref="ToString"/> writes. An id that could lead out of its folder is no id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ModelReference? reference)
    {
        reference = text switch
        {
            null => null,
            _ when text.StartsWith(ImportedPrefix, StringComparison.Ordinal) => OfImported(text[ImportedPrefix.Length..]),
            _ when text.StartsWith(RunPrefix, StringComparison.Ordinal) => ParseRun(text[RunPrefix.Length..]),
            _ => null,
        };
        if (reference is not null && !LabDirectory.IsName(reference.Id)) reference = null;
        return reference is not null;
    }

    /// <summary>The text that names the model.</summary>
    public override string ToString() => Origin switch
    {
        ModelOrigin.Imported => $"{ImportedPrefix}{Id}",
        _ when Step is { } step => string.Create(CultureInfo.InvariantCulture, $"{RunPrefix}{Id}@{step}"),
        _ => $"{RunPrefix}{Id}",
    };

    private static ModelReference? ParseRun(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 0) return OfRun(text);
        return int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? OfRun(text[..at], step) : null;
    }
}

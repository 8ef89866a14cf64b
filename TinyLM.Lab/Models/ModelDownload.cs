using System.Text.Json;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Models;

/// <summary>Where a model can be downloaded, and what the file is called.</summary>
public static class ModelDownload
{
    /// <summary>The address of all downloads.</summary>
    public const string Route = "/download";

    private static readonly IReadOnlyDictionary<string, ModelFormat> s_formats =
        Enum.GetValues<ModelFormat>().ToDictionary(format => JsonSerializer.SerializeToElement(format, RunJson.Line).GetString()!, StringComparer.Ordinal);

    /// <summary>The formats by the names that command lines and addresses have for them.</summary>
    public static IReadOnlyDictionary<string, ModelFormat> Formats => s_formats;

    /// <summary>The address of a model in a format.</summary>
    public static string Address(ModelReference model, ModelFormat format)
    {
        ArgumentNullException.ThrowIfNull(model);
        return $"{Route}?model={Uri.EscapeDataString(model.ToString())}&format={NameOf(format)}";
    }

    /// <summary>What the file is called.</summary>
    public static string FileName(ModelReference model, ModelFormat format)
    {
        ArgumentNullException.ThrowIfNull(model);
        var step = model.Step is { } one ? $"-step-{one}" : "";
        return $"{model.Id}{step}-{NameOf(format)}.{(format == ModelFormat.HuggingFace ? "zip" : "bin")}";
    }

    private static string NameOf(ModelFormat format) => s_formats.Single(pair => pair.Value == format).Key;
}

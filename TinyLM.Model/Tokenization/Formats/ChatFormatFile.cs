using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>The chat template in a folder of Hugging Face's form: <c>chat_template.jinja</c>, or the member of <c>tokenizer_config.json</c>.</summary>
internal static class ChatFormatFile
{
    private const string TemplateFile = "chat_template.jinja";
    private const string ConfigFile = "tokenizer_config.json";
    private const int MostBytes = 4 << 20;

    /// <summary>The files that hold it.</summary>
    public static IReadOnlyList<string> Names { get; } = [TemplateFile, ConfigFile];

    /// <summary>Reads it; null where the folder has none.</summary>
    /// <exception cref="TokenizerFormatException">The configuration is malformed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ChatFormat? Read(string folder)
    {
        var (templatePath, configPath) = (Path.Combine(folder, TemplateFile), Path.Combine(folder, ConfigFile));
        var template = File.Exists(templatePath) ? Encoding.UTF8.GetString(Content(templatePath).Bytes) : null;
        if (!File.Exists(configPath)) return template is null ? null : new ChatFormat(template, null, null);
        return Content(configPath).ReadJson(json =>
        {
            template ??= TemplateOf(json);
            return template is null ? null : new ChatFormat(template, TokenOf(json, "bos_token"), TokenOf(json, "eos_token"));
        });
    }

    /// <summary>Writes it in the form that Hugging Face's tokenizers write today.</summary>
    public static void Write(string folder, ChatFormat format)
    {
        File.WriteAllText(Path.Combine(folder, TemplateFile), format.Template);
        var tokens = new JsonObject();
        if (format.BeginToken is { } begin) tokens["bos_token"] = begin;
        if (format.EndToken is { } end) tokens["eos_token"] = end;
        File.WriteAllText(Path.Combine(folder, ConfigFile), tokens.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private static NamedContent Content(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= MostBytes ? new NamedContent(Path.GetFileName(path), File.ReadAllBytes(path))
            : throw new TokenizerFormatException($"{Path.GetFileName(path)} has {length:N0} bytes; at most {MostBytes:N0} are read.");
    }

    /// <summary>A text, or several with names, of which the default counts.</summary>
    private static string? TemplateOf(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("chat_template", out var template)) return null;
        if (template.ValueKind == JsonValueKind.String) return template.GetString();
        if (template.ValueKind != JsonValueKind.Array) return null;
        return template.EnumerateArray()
            .Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("name", out var name) && name.ValueEquals("default"))
            .Select(one => one.TryGetProperty("template", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null)
            .FirstOrDefault();
    }

    /// <summary>A token's text, alone or with how it is treated.</summary>
    private static string? TokenOf(JsonElement json, string name) =>
        json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var token) ? null
        : token.ValueKind == JsonValueKind.String ? token.GetString()
        : token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString() : null;
}

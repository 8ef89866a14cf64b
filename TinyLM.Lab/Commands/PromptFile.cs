using System.Text.Json;

namespace TinyLM.Lab.Commands;

/// <summary>Prompts from a file: a line each, or in JSONL a JSON string or an object with <c>prompt</c> on each line, so that a prompt may have several lines.</summary>
internal static class PromptFile
{
    /// <summary>Reads the prompts of a file; lines without anything are passed over.</summary>
    /// <exception cref="FormatException">A line of JSONL is none; the message names it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        var isJson = Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);
        var lines = File.ReadAllLines(path).Index().Where(line => line.Item.Length > 0);
        string[] prompts = [.. lines.Select(line => isJson ? Parse(line.Item, $"{path}, line {line.Index + 1}") : line.Item)];
        return prompts is [_, ..] ? prompts : throw new FormatException($"{path} has no prompt: expected one a line.");
    }

    private static string Parse(string line, string place)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("prompt", out var member)) root = member;
            return root.ValueKind == JsonValueKind.String ? root.GetString()!
                : throw new FormatException($"{place}: expected a JSON string, or an object with a string \"prompt\".");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{place}: this is no JSON. {e.Message}", e);
        }
    }
}

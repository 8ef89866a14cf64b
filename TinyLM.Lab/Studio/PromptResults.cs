using System.Globalization;
using System.Text.Json;
using TinyLM.Lab.Runs.Export;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Studio;

/// <summary>The answer to one question of a batch.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Prompt">The whole prompt.</param>
/// <param name="Answer">What the model wrote.</param>
/// <param name="Loss">The mean of −ln p over the answer, in nats a token; null where nothing was written.</param>
/// <param name="TokenCount">Tokens that were written.</param>
public sealed record PromptResult(string Question, string Prompt, string Answer, double? Loss, int TokenCount);

/// <summary>Answers as tables for other programs.</summary>
public static class PromptResults
{
    /// <summary>The answer that tokens make, up to a stop string.</summary>
    public static PromptResult Of(string question, string prompt, IReadOnlyList<StudioToken> tokens, string stop)
    {
        var answer = string.Concat(tokens.Select(token => token.Text));
        if (stop.Length > 0 && answer.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var end) answer = answer[..end];
        return new PromptResult(question, prompt, answer.Trim(), tokens.Count == 0 ? null : -tokens.Average(token => token.LogProbability), tokens.Count);
    }

    /// <summary>Comma-separated values with a head, as RFC 4180 has them.</summary>
    public static string ToCsv(IEnumerable<PromptResult> results) => string.Concat(results
        .Select(one => (string[])[CsvText.Harmless(one.Question), CsvText.Harmless(one.Prompt), CsvText.Harmless(one.Answer), one.Loss?.ToString("0.######", CultureInfo.InvariantCulture) ?? "", one.TokenCount.ToString(CultureInfo.InvariantCulture)])
        .Prepend(["question", "prompt", "answer", "nats_per_token", "tokens"])
        .Select(row => string.Join(',', row.Select(Quoted)) + "\r\n"));

    /// <summary>A JSON object a line.</summary>
    public static string ToJsonLines(IEnumerable<PromptResult> results) => string.Concat(results.Select(one => JsonSerializer.Serialize(one, RunJson.Line) + "\n"));

    private static string Quoted(string text) => text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

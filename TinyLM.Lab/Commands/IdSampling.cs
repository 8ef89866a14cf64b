using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Models;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Commands;

/// <summary><c>generate --prompt-ids</c>: ids in, ids out, for models whose tokenizer the lab does not have.</summary>
internal sealed class IdSampling
{
    private readonly Option<string?> _prompt = new("--prompt-ids")
    {
        Description = "In place of --prompt: ids of tokens, \"1 403 407\"; ids are written. Needs no tokenizer.",
        HelpName = "ids",
    };

    private readonly Option<int?> _end = new("--end-id") { Description = "With --prompt-ids: the token that ends a text. Default: none.", HelpName = "id" };

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_prompt);
        command.Options.Add(_end);
    }

    /// <summary>Whether ids are asked for.</summary>
    public bool IsAskedFor(ParseResult parsed) => parsed.GetValue(_prompt) is not null;

    /// <summary>What is wrong with what was asked, in words; empty when sound.</summary>
    public IEnumerable<string> Validate(ParseResult parsed, TextRequest request)
    {
        if (parsed.GetValue(_prompt) is not { } text)
        {
            if (parsed.GetValue(_end) is not null) yield return "--end-id goes with --prompt-ids.";
            yield break;
        }
        var list = IdList.Parse(text, _ => true);
        if (list.Problems is [var problem, ..]) yield return $"'{problem.Text}', entry {problem.Position} of --prompt-ids, is no id; expected whole numbers from 0, with spaces or commas between.";
        else if (list.Ids.Count == 0) yield return "--prompt-ids holds no id; give at least one.";
        if (request.Stop.Count > 0 || request.Constraint is not null) yield return "--stop, --regex, --choice and --json-schema are about text; with --prompt-ids there is none.";
    }

    /// <summary>Writes samples, one a line: ids, or JSON.</summary>
    /// <exception cref="ModelUnavailableException">The checkpoint cannot be read.</exception>
    /// <exception cref="ArgumentException">An id is none of the model's.</exception>
    /// <exception cref="ContextLengthException">The prompt does not fit, and the window may not slide.</exception>
    public async Task WriteAsync(ParseResult parsed, string folder, WeightFormat format, int threads, TextRequest request, int count, bool asJson, CancellationToken cancellationToken)
    {
        LanguageModel model;
        try
        {
            model = LanguageModel.Create(CheckpointStore.ReadWeights(folder), format, threads);
        }
        catch (Exception e) when (e is CheckpointException or IOException or UnauthorizedAccessException)
        {
            throw new ModelUnavailableException($"The checkpoint '{Path.GetFileName(folder)}' cannot be used. {e.Message}", e);
        }
        var output = parsed.InvocationConfiguration.Output;
        var prompt = IdList.Parse(parsed.GetValue(_prompt)!, _ => true).Ids;
        for (var i = 0; i < count; i++)
        {
            var settings = request.Settings with { Seed = unchecked(request.Settings.Seed + (ulong)i) };
            var inTokens = new GenerationRequest { Prompt = prompt, EndOfTextId = parsed.GetValue(_end), Settings = settings, Alternatives = request.Alternatives };
            var tokens = TokenGenerator.Generate(model, inTokens, cancellationToken).ToList();
            await output.WriteLineAsync(asJson
                ? JsonSerializer.Serialize(new Sample(prompt, [.. tokens.Select(token => new SampledId(token.Id, token.LogProbability, token.Probability))], settings, folder), RunJson.Line)
                : string.Join(' ', tokens.Select(token => token.Id)));
        }
    }

    /// <summary>A line of JSON.</summary>
    private sealed record Sample(IReadOnlyList<int> PromptIds, IReadOnlyList<SampledId> Tokens, SamplingSettings Settings, string Checkpoint);

    /// <summary>A token that was written.</summary>
    private sealed record SampledId(int Id, double LogProbability, double Probability);
}

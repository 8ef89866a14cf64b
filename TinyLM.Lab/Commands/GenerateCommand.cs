using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Models;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary><c>generate</c>: writes with a trained model on the output stream. Needs no lab, and works beside a running one.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class GenerateCommand(Option<string?> dataPath)
{
    /// <summary>Between several samples, as between the documents of a text corpus.</summary>
    private const string Separator = "<|endoftext|>";

    private static readonly SamplingSettings s_defaults = new();

    private readonly Option<string> _run = new("--run")
    {
        Description = "Id of a run in the data directory, a run folder, or a checkpoint folder.",
        HelpName = "id or folder",
        Required = true,
    };

    private readonly Option<int?> _step = new("--step") { Description = "Step of the checkpoint. Default: the newest one that is sound.", HelpName = "number" };

    private readonly Option<string> _prompt = new("--prompt")
    {
        Description = "What to continue. Default: nothing, so that the model begins by itself.",
        HelpName = "text",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "Divides the logits before the softmax; 0 always takes the likeliest token.",
        HelpName = "number",
        DefaultValueFactory = _ => s_defaults.Temperature,
    };

    private readonly Option<int?> _topK = new("--top-k") { Description = "Keeps only the likeliest so many tokens. Default: all.", HelpName = "number" };

    private readonly Option<double?> _topP = new("--top-p") { Description = "Keeps the likeliest tokens that together reach this probability. Default: all.", HelpName = "number" };

    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "Most tokens to write.", HelpName = "number", DefaultValueFactory = _ => s_defaults.MaxTokens };

    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "Seed of the random choices; further samples take the seeds after it. Default: another one each time.",
        HelpName = "number",
    };

    private readonly Option<int> _count = new("--count")
    {
        Description = $"Samples to write, with a line {Separator} between them.",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print each sample as a line of JSON, with its tokens and their log-probabilities." };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("generate", "Write with a trained model.")
        {
            _run, _step, _prompt, _temperature, _topK, _topP, _maxTokens, _seed, _count, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        var settings = new SamplingSettings
        {
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MaxTokens = parsed.GetValue(_maxTokens),
            Seed = parsed.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64(1, 1_000_000),
        };
        var problems = settings.Validate().ToList();
        if (parsed.GetValue(_count) < 1) problems.Add($"The count is {parsed.GetValue(_count)}; it must be at least 1.");
        if (problems.Count > 0)
        {
            foreach (var problem in problems) await error.WriteLineAsync(problem);
            return ExitCode.WrongInput;
        }

        try
        {
            var folder = FindCheckpoint(parsed);
            var model = LoadedModel.Load(folder);
            for (var i = 0; i < parsed.GetValue(_count); i++)
            {
                var sample = settings with { Seed = unchecked(settings.Seed + (ulong)i) };
                if (parsed.GetValue(_json)) await WriteJsonAsync(parsed, folder, model, sample, cancellationToken);
                else await WriteTextAsync(parsed, model, sample, isFirst: i == 0, cancellationToken);
            }
            return ExitCode.Success;
        }
        catch (ModelUnavailableException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
        catch (ArgumentException e)
        {
            await error.WriteLineAsync($"The model cannot write. {e.Message}"); // weights that are no numbers, or an id that is none of its tokens
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Stopped;
        }
    }

    /// <summary>An id of the data directory goes before a folder of the same name.</summary>
    private string FindCheckpoint(ParseResult parsed)
    {
        var (asked, step) = (parsed.GetRequiredValue(_run), parsed.GetValue(_step));
        var directory = LabDirectory.OfCommand(parsed.GetValue(dataPath));
        var shelf = new CheckpointShelf(directory);
        if (directory.FindRun(asked) is { } run) return shelf.Find(run, step);
        if (!Directory.Exists(asked))
            throw new ModelUnavailableException($"There is no run '{asked}' in '{directory.Path}', and no folder of that name. --data names another data directory.");

        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(asked));
        if (File.Exists(new RunFolder(folder).SpecPath) || Directory.Exists(new RunFolder(folder).CheckpointsPath)) return shelf.Find(new RunFolder(folder), step);
        if (!File.Exists(Path.Combine(folder, "config.json")))
            throw new ModelUnavailableException($"'{asked}' is neither a run folder (it has no run.json) nor a checkpoint folder (it has no config.json).");
        if (step is not null) throw new ModelUnavailableException($"'{asked}' is a checkpoint folder; --step chooses among the checkpoints of a run.");
        var isOurs = File.Exists(CheckpointStore.ManifestPath(folder)); // a model that others wrote has no sums to check
        return isOurs && shelf.ProblemOf(folder) is { } problem ? throw new ModelUnavailableException($"The checkpoint '{asked}' is damaged. {problem}") : folder;
    }

    private async Task WriteTextAsync(ParseResult parsed, LoadedModel model, SamplingSettings settings, bool isFirst, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var prompt = parsed.GetRequiredValue(_prompt);
        if (!isFirst) await output.WriteLineAsync(Separator);
        await output.WriteAsync(prompt);
        foreach (var piece in TextGeneration.Write(model, prompt, settings, cancellationToken))
        {
            await output.WriteAsync(piece.Text);
            await output.FlushAsync(cancellationToken); // one watches it write, through a pipe too
        }
        await output.WriteLineAsync();
    }

    private async Task WriteJsonAsync(ParseResult parsed, string folder, LoadedModel model, SamplingSettings settings, CancellationToken cancellationToken)
    {
        var prompt = parsed.GetRequiredValue(_prompt);
        var pieces = TextGeneration.Write(model, prompt, settings, cancellationToken).ToList();
        var sample = new GeneratedSample
        {
            Prompt = prompt,
            Text = string.Concat(pieces.Select(piece => piece.Text)),
            Tokens = [.. pieces.Select(piece => new SampledToken(piece.TokenId, piece.Text, piece.LogProbability))],
            FinishReason = pieces[^1].FinishReason!.Value,
            Settings = settings,
            Checkpoint = folder,
        };
        await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(sample, RunJson.Line));
    }
}

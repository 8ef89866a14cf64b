using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Models;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary><c>generate</c>: writes with a trained model on the output stream. Needs no lab, and works beside a running one.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class GenerateCommand(Option<string?> dataPath)
{
    /// <summary>Between several samples, as between the documents of a text corpus.</summary>
    private const string Separator = "<|endoftext|>";

    private readonly SamplingOptions _sampling = new();

    private readonly IdSampling _ids = new();

    private readonly Option<string?> _run = new("--run")
    {
        Description = "Id of a run in the data directory, a run folder, or a checkpoint folder.",
        HelpName = "id or folder",
    };

    private readonly Option<string?> _model = new("--model")
    {
        Description = "In place of --run: a model as pages and the HTTP API name it, run/<id>, run/<id>@<step> or model/<id>.",
        HelpName = "name",
    };

    private readonly Option<int?> _step = new("--step") { Description = "Step of the checkpoint. Default: the newest one that is sound.", HelpName = "number" };

    private readonly Option<string> _prompt = new("--prompt")
    {
        Description = "What to continue. Default: nothing, so that the model begins by itself.",
        HelpName = "text",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string?> _prompts = new("--prompts")
    {
        Description = "In place of --prompt: a file with a prompt on each line, or a .jsonl file with a JSON string or an object with \"prompt\" on each.",
        HelpName = "file",
    };

    private readonly Option<int> _count = new("--count")
    {
        Description = $"Samples to write of each prompt, with a line {Separator} between them.",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<WeightFormat> _weights = new("--weights") { Description = "How to keep the weights in memory: fp32, or bf16 to decode large models faster." };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Processors at most that share the work of a large model; the text is the same with any number. Default: all.",
        HelpName = "number",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print each sample as a line of JSON, with its tokens and their log-probabilities." };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("generate", "Write with a trained model.") { _run, _model, _step, _prompt, _prompts, _count, _weights, _threads, _json };
        _ids.AddTo(command);
        _sampling.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        TextRequest request;
        try
        {
            request = _sampling.Read(parsed);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.WrongInput;
        }

        var problems = request.Validate().ToList();
        if (parsed.GetValue(_count) < 1) problems.Add($"The count is {parsed.GetValue(_count)}; it must be at least 1.");
        if (parsed.GetValue(_threads) is < 1 or > 1024) problems.Add($"The number of threads is {parsed.GetValue(_threads)}; it must be between 1 and 1,024.");
        if (parsed.GetValue(_run) is null == parsed.GetValue(_model) is null) problems.Add("Which model is to write? Give either --run or --model.");
        problems.AddRange(_ids.Validate(parsed, request));
        var prompts = ReadPrompts(parsed, problems);
        if (_ids.IsAskedFor(parsed) && (prompts is not [""] || parsed.GetValue(_prompts) is not null)) problems.Add("Give text or --prompt-ids, not both.");
        if (problems.Count > 0)
        {
            foreach (var problem in problems) await error.WriteLineAsync(problem);
            return ExitCode.WrongInput;
        }

        try
        {
            var folder = FindCheckpoint(parsed);
            if (_ids.IsAskedFor(parsed))
            {
                await _ids.WriteAsync(parsed, folder, parsed.GetValue(_weights), parsed.GetValue(_threads), request, parsed.GetValue(_count), parsed.GetValue(_json), cancellationToken);
                return ExitCode.Success;
            }
            var model = LoadedModel.Load(folder, parsed.GetValue(_weights), parsed.GetValue(_threads));
            var isFirst = true;
            foreach (var prompt in prompts)
            {
                for (var i = 0; i < parsed.GetValue(_count); i++)
                {
                    var sample = request with { Prompt = prompt, Settings = request.Settings with { Seed = unchecked(request.Settings.Seed + (ulong)i) } };
                    if (parsed.GetValue(_json)) await WriteJsonAsync(parsed, folder, model, sample, cancellationToken);
                    else await WriteTextAsync(parsed, model, sample, isFirst, cancellationToken);
                    isFirst = false;
                }
            }

            return ExitCode.Success;
        }
        catch (Exception e) when (e is ModelUnavailableException or ContextLengthException)
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

    private IReadOnlyList<string> ReadPrompts(ParseResult parsed, List<string> problems)
    {
        if (parsed.GetValue(_prompts) is not { } path) return [parsed.GetRequiredValue(_prompt)];
        if (parsed.GetRequiredValue(_prompt).Length > 0) problems.Add("Give either --prompt or --prompts.");
        try
        {
            return PromptFile.Read(path);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"The prompts cannot be read. {e.Message}");
            return [];
        }
    }

    /// <summary>An id of the data directory goes before a folder of the same name.</summary>
    private string FindCheckpoint(ParseResult parsed)
    {
        var directory = LabDirectory.OfCommand(parsed.GetValue(dataPath));
        var shelf = new CheckpointShelf(directory);
        var step = parsed.GetValue(_step);
        if (parsed.GetValue(_model) is { } name)
        {
            if (!ModelReference.TryParse(name, out var reference))
                throw new ModelUnavailableException($"'{name}' names no model; expected run/<id>, run/<id>@<step> or model/<id>.");
            return shelf.Find(step is null ? reference : reference with { Step = step });
        }

        var asked = parsed.GetRequiredValue(_run)!;
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

    private static async Task WriteTextAsync(ParseResult parsed, LoadedModel model, TextRequest request, bool isFirst, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (!isFirst) await output.WriteLineAsync(Separator);
        await output.WriteAsync(request.Prompt);
        foreach (var piece in TextGeneration.Write(model, request, cancellationToken))
        {
            await output.WriteAsync(piece.Text);
            await output.FlushAsync(cancellationToken); // one watches it write, through a pipe too
        }
        await output.WriteLineAsync();
    }

    private static async Task WriteJsonAsync(ParseResult parsed, string folder, LoadedModel model, TextRequest request, CancellationToken cancellationToken)
    {
        var pieces = TextGeneration.Write(model, request, cancellationToken).ToList();
        var sample = new GeneratedSample
        {
            Prompt = request.Prompt,
            Text = string.Concat(pieces.Select(piece => piece.Text)),
            Tokens = [.. pieces.Select(piece => new SampledToken(
                piece.TokenId, piece.TokenText, piece.LogProbability, piece.Probability, request.Alternatives > 0 ? piece.Alternatives : null))],
            FinishReason = pieces[^1].FinishReason!.Value,
            Settings = request.Settings,
            Stop = request.Stop.Count > 0 ? request.Stop : null,
            Checkpoint = folder,
        };
        await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(sample, RunJson.Line));
    }
}

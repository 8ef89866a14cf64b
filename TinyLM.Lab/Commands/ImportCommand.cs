using System.CommandLine;
using TinyLM.Lab.Components;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Models;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Commands;

/// <summary><c>import</c>: takes a model of another program into the data directory.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class ImportCommand(Option<string?> dataPath)
{
    private readonly Argument<string> _source = new("path")
    {
        Description = "A checkpoint of llm.c (fp32 or bf16) or llama2.c (legacy or version 1), or a folder of Hugging Face (gpt2 or llama).",
    };

    private readonly Option<string> _name = new("--name") { Description = "What to call the model. Default: the name of the file.", HelpName = "text", DefaultValueFactory = _ => "" };

    private readonly Option<string?> _tokenizer = new("--tokenizer") { Description = "The tokenizer that belongs to the model, in any form that the lab reads. Default: the one in the folder, if any.", HelpName = "file" };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("import", "Take in a model of another program, to sample from or to start from.") { _source, _name, _tokenizer };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var directory = LabDirectory.OfCommand(parsed.GetValue(dataPath));
        try
        {
            var info = ModelImporter.Import(parsed.GetRequiredValue(_source), parsed.GetRequiredValue(_name), parsed.GetValue(_tokenizer), directory.ModelsPath, TimeProvider.System);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"{ModelReference.OfImported(info.Id)}  {info.Name}: {Display.Family(info.Model.Family)}, {Display.Count(info.ParameterCount)} parameters, from {Display.Format(info.Format)}.");
            if (info.TokenizerProblem is { } problem) await parsed.InvocationConfiguration.Error.WriteLineAsync($"It has no tokenizer, so it cannot read or write text yet. {problem}");
            return ExitCode.Success;
        }
        catch (Exception e) when (e is CheckpointException or IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }
}

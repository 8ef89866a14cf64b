using System.CommandLine;
using TinyLM.Lab.Components;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Models;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Commands;

/// <summary><c>export</c>: writes a checkpoint of a run or an imported model in the form of another program.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class ExportCommand(Option<string?> dataPath)
{
    private readonly Argument<string> _model = new("model") { Description = "run/<id> for the newest checkpoint of a run, run/<id>@<step>, or model/<id>." };

    private readonly Option<string> _to = new("--to") { Description = "The file, or the folder for huggingface, to write; nothing may stand there.", HelpName = "path", Required = true };

    private readonly Option<string> _format = new("--format")
    {
        Description = $"One of {string.Join(", ", ModelDownload.Formats.Keys)}.",
        HelpName = "name",
        DefaultValueFactory = _ => "huggingface",
    };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("export", "Write a model in the form of another program.") { _model, _to, _format };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (!ModelDownload.Formats.TryGetValue(parsed.GetRequiredValue(_format), out var format))
        {
            await error.WriteLineAsync($"There is no format '{parsed.GetValue(_format)}'; there are {string.Join(", ", ModelDownload.Formats.Keys)}.");
            return ExitCode.WrongInput;
        }
        if (!ModelReference.TryParse(parsed.GetRequiredValue(_model), out var model))
        {
            await error.WriteLineAsync($"'{parsed.GetValue(_model)}' names no model; expected run/<id>, run/<id>@<step> or model/<id>.");
            return ExitCode.WrongInput;
        }
        try
        {
            var folder = new CheckpointShelf(LabDirectory.OfCommand(parsed.GetValue(dataPath))).Find(model);
            ModelExporter.Export(folder, format, parsed.GetRequiredValue(_to));
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{model} is written to {parsed.GetValue(_to)}, for {Display.Format(format)}.");
            return ExitCode.Success;
        }
        catch (Exception e) when (e is ModelUnavailableException or CheckpointException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }
}

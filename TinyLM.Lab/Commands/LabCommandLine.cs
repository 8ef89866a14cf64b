using System.CommandLine;
using TinyLM.Lab.Commands.Tokenizers;

namespace TinyLM.Lab.Commands;

/// <summary>The verbs of the program. Without a verb it serves the lab.</summary>
internal static class LabCommandLine
{
    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(TerminalWriter.Printable(InWords(error.Message)));
            await Console.Error.WriteLineAsync("See --help.");
            return ExitCode.WrongInput;
        }

        // Ctrl+C belongs to the commands: the web host stops its services, a training run saves a checkpoint first.
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            Output = TerminalWriter.For(Console.Out, !Console.IsOutputRedirected),
            Error = TerminalWriter.For(Console.Error, !Console.IsErrorRedirected),
        });
    }

    /// <summary>An error of the parser without the names of types.</summary>
    private static string InWords(string error)
    {
        var type = error.IndexOf(" as expected type ", StringComparison.Ordinal);
        if (type < 0) return error;
        return error[..type] + (error.Contains("Double", StringComparison.Ordinal) ? "; expected a number." : error.Contains("Int", StringComparison.Ordinal) ? "; expected a whole number." : ".");
    }

    /// <summary>The root command.</summary>
    public static RootCommand Create()
    {
        var dataPath = new Option<string?>("--data")
        {
            Description = "Data directory. Default: the setting Lab:DataPath, which is 'data' beside appsettings.json.",
            HelpName = "directory",
            Recursive = true,
        };
        var serve = new ServeCommand(dataPath);
        var root = new RootCommand("TinyLM Lab: train tiny language models and look inside them. Without a command it serves the lab in the browser.")
        {
            dataPath,
            serve.Create(),
            new TrainCommand(dataPath).Create(),
            new GenerateCommand(dataPath).Create(),
            new TokenizerCommand(dataPath, Console.OpenStandardInput).Create(),
            new ImportCommand(dataPath).Create(),
            new ExportCommand(dataPath).Create(),
            new ScalingCommand(dataPath).Create(),
        };
        serve.AddTo(root);
        return root;
    }
}

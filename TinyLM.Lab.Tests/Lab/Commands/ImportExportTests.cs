using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Commands;

/// <summary>Models in and out by the command line, and a reference run that starts from one.</summary>
[Collection(TorchTests.Name)]
public sealed class ImportExportTests : IDisposable
{
    /// <summary>What the issue asks of an fp32 engine against the reference in double precision.</summary>
    private const double LossTolerance = 1e-4;

    private readonly TempLab _lab = new();

    public void Dispose() => _lab.Dispose();

    /// <summary>llm.c's run with decay on every tensor, a constant rate and no shuffling: from its checkpoint and its token files, by nothing but commands.</summary>
    [Fact]
    public async Task Train_FromLlmcsCheckpointAndTokens_HasLlmcsLosses()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llmc", "A_hot.json")));
        var losses = reference.RootElement.GetProperty("train_loss_fp64").Deserialize<double[]>()!;
        var validationLosses = reference.RootElement.GetProperty("val_loss_every_10_steps_fp64").Deserialize<double[]>()!;
        var (_, imported, _) = await RunAsync("import", SharedData.Path("golden", "llmc", "A_V512_L2_H4_C64_T64_init.bin"));
        var spec = Path.Combine(_lab.Directory.Path, "spec.json");
        File.WriteAllText(spec, $$"""
            {
              "startFrom": "{{imported.Split(' ')[0]}}",
              "data": {
                "tokens": {
                  "train": {{JsonSerializer.Serialize(SharedData.Path("golden", "llmc", "tinyshakespeare_v512_train.bin"))}},
                  "validation": {{JsonSerializer.Serialize(SharedData.Path("golden", "llmc", "tinyshakespeare_v512_val.bin"))}}
                }
              },
              "training": {
                "steps": 101, "batchSize": 4, "dataOrder": "sequential", "learningRate": 0.001, "schedule": "constant", "warmupSteps": 0,
                "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.1, "weightDecayTarget": "everything", "gradientClip": 0,
                "evaluationInterval": 10, "evaluationBatches": 5, "checkpointInterval": 1000, "device": "cpu", "threads": 1, "precision": "fp32"
              }
            }
            """);

        var (exitCode, _, error) = await RunAsync("train", "--spec", spec);

        Assert.True(exitCode == ExitCode.Success, error);
        var run = new RunFolder(Assert.Single(Directory.GetDirectories(_lab.Directory.RunsPath)));
        var events = new RunEventReader(run).Read().ToList();
        var steps = events.OfType<StepEvent>().ToList();
        Assert.Equal(losses.Length, steps.Count);
        for (var i = 0; i < losses.Length; i++) Assert.Equal(losses[i], steps[i].Loss, LossTolerance);
        var evaluations = events.OfType<EvaluationEvent>().Where(evaluation => evaluation.Step % 10 == 0).ToList();
        for (var i = 0; i < validationLosses.Length; i++) Assert.Equal(validationLosses[i], evaluations[i].Loss, LossTolerance);
    }

    [Fact]
    public async Task Export_OfAnImportedModel_GivesItsFileAgain_AndGenerateWritesWithIt()
    {
        var original = SharedData.Path("checkpoints", "stories260K", "stories260K_v1.bin");
        var (_, imported, _) = await RunAsync("import", original, "--tokenizer", SharedData.Path("checkpoints", "stories260K", "tok512.bin"));
        var model = imported.Split(' ')[0];
        var copy = Path.Combine(_lab.Directory.Path, "copy.bin");

        var (exported, _, _) = await RunAsync("export", model, "--to", copy, "--format", "llama2c");
        var (generated, text, _) = await RunAsync("generate", "--model", model, "--prompt", "Once upon a time", "--temperature", "0", "--max-tokens", "20");

        Assert.Equal((ExitCode.Success, ExitCode.Success), (exported, generated));
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(copy));
        Assert.StartsWith("Once upon a time, there was a little girl named Lily.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OfAFolderWithAChatTemplate_KeepsItForChatsAndForExports()
    {
        var folder = Path.Combine(_lab.Directory.Path, "tuned");
        var (_, imported, _) = await RunAsync("import", SharedData.Path("checkpoints", "stories260K", "stories260K.bin"), "--tokenizer", SharedData.Path("checkpoints", "stories260K", "tok512.bin"));
        await RunAsync("export", imported.Split(' ')[0], "--to", folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), "{\"chat_template\": \"{{ bos_token }}{{ messages[0].content }}\", \"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}}");
        var copy = Path.Combine(_lab.Directory.Path, "copy");

        var (_, again, _) = await RunAsync("import", folder);
        var (exported, _, error) = await RunAsync("export", again.Split(' ')[0], "--to", copy);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), "{\"chat_template\":");
        var (torn, _, words) = await RunAsync("import", folder);

        Assert.True(exported == ExitCode.Success, error);
        var expected = new ChatFormat("{{ bos_token }}{{ messages[0].content }}", "<s>", "</s>");
        Assert.Equal(expected, LoadedModel.Load(_lab.Directory.FindModel(again.Split(' ')[0]["model/".Length..])!).Chat);
        Assert.Equal(expected, ChatFormat.Read(copy));
        Assert.Equal(ExitCode.Failure, torn);
        Assert.Contains("The chat template cannot be read. tokenizer_config.json, line 1", words, StringComparison.Ordinal);
    }

    /// <summary>A model without a tokenizer writes ids: those of the reference's greedy text.</summary>
    [Fact]
    public async Task Generate_ByIds_NeedsNoTokenizer()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama2c", "stories260K_greedy.json")));
        var (prompt, expected) = Greedy(golden.RootElement.GetProperty("prompts")[1]);
        var (_, imported, _) = await RunAsync("import", SharedData.Path("checkpoints", "stories260K", "stories260K.bin"));
        string[] settings = ["generate", "--model", imported.Split(' ')[0], "--temperature", "0", "--max-tokens", "20"];

        var (exitCode, ids, _) = await RunAsync([.. settings, "--prompt-ids", string.Join(", ", prompt)]);
        var (_, json, _) = await RunAsync([.. settings, "--prompt-ids", string.Join(' ', prompt), "--json"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(string.Join(' ', expected.Take(20)), ids.TrimEnd());
        Assert.Equal(expected.Take(20), JsonDocument.Parse(json).RootElement.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("id").GetInt32()));
        Assert.Contains("--prompt-ids", (await RunAsync([.. settings, "--prompt", "Once"])).Error, StringComparison.Ordinal);
        Assert.Contains("There is no token 512", (await RunAsync([.. settings, "--prompt-ids", "1 512"])).Error, StringComparison.Ordinal);
        Assert.Contains("'x', entry 2", (await RunAsync([.. settings, "--prompt-ids", "1 x"])).Error, StringComparison.Ordinal);
        Assert.Contains("not both", (await RunAsync([.. settings, "--prompt-ids", "1", "--prompt", "Once"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_AskedForWhatIsNotThere_SayWhat()
    {
        Assert.Contains("cannot be read", (await RunAsync("import", Path.Combine(_lab.Directory.Path, "none.bin"))).Error, StringComparison.Ordinal);
        Assert.Contains("no imported model", (await RunAsync("export", "model/none", "--to", "x")).Error, StringComparison.Ordinal);
        Assert.Contains("names no model", (await RunAsync("export", "none", "--to", "x")).Error, StringComparison.Ordinal);
        Assert.Contains("no format 'gguf'", (await RunAsync("export", "model/none", "--to", "x", "--format", "gguf")).Error, StringComparison.Ordinal);
    }

    private static (int[] Prompt, int[] Expected) Greedy(JsonElement text) =>
        (text.GetProperty("prompt_ids").Deserialize<int[]>()!, text.GetProperty("generated_ids").Deserialize<int[]>()!);

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var parsed = LabCommandLine.Create().Parse([.. args, "--data", _lab.Directory.Path]);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}

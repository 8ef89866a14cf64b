using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Runs;

/// <summary>Runs over files of tokens from a model that others made, and what is said where they do not fit.</summary>
[Collection(TorchTests.Name)]
public sealed class TokenFileRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OfALlamaWithALongerContext_ComputesItsPositions()
    {
        var (status, _) = Run(TrainingRuns.TinyLlama, TrainingRuns.TinyLlama with { ContextLength = 40 }, Tokens("train", 300, 500), Tokens("val", 300, 200));

        Assert.Equal(RunStatus.Completed, status);
    }

    [Fact]
    public void Run_OfAGpt2WithALongerContext_SaysHowLongItsTableIs()
    {
        var (status, reason) = Run(TrainingRuns.TinyModel, TrainingRuns.TinyModel with { ContextLength = 40 }, Tokens("train", 300, 500), Tokens("val", 300, 200));

        Assert.Equal(RunStatus.Failed, status);
        Assert.Contains("context 40", reason, StringComparison.Ordinal);
        Assert.Contains("model/start is one", reason, StringComparison.Ordinal);
        Assert.Contains("context 16", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfAModelOfAnotherFamily_SaysWhichItIs()
    {
        var (_, reason) = Run(TrainingRuns.TinyModel, TrainingRuns.TinyLlama, Tokens("train", 300, 500), Tokens("val", 300, 200));

        Assert.Contains("of the family Llama", reason, StringComparison.Ordinal);
        Assert.Contains("of the family Gpt2", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OverFilesThatDoNotFit_NamesFileAndPlace()
    {
        var (train, validation) = (Tokens("train", 300, 500), Tokens("val", 300, 200));
        var beyond = Tokens("beyond", 400, 500);
        var other = _folder["other.bin"];
        File.WriteAllBytes(other, new byte[2000]);

        Assert.Contains($"{beyond}: token 300 is 300; the vocabulary is 0 to 299", Run(train: beyond, validation: validation), StringComparison.Ordinal);
        Assert.Contains($"{Tokens("short", 300, 16)} holds 16 tokens", Run(train: train, validation: _folder["short.bin"]), StringComparison.Ordinal);
        Assert.Contains("needs 33", Run(train: Tokens("batch", 300, 32), validation: validation, order: DataOrder.Sequential), StringComparison.Ordinal);
        Assert.Contains($"{other}: the file begins with 0", Run(train: other, validation: validation), StringComparison.Ordinal);
        Assert.Contains($"There is no file of tokens {_folder["none.bin"]}", Run(train: _folder["none.bin"], validation: validation), StringComparison.Ordinal);
    }

    private string Run(string train, string validation, DataOrder order = DataOrder.Shuffled)
    {
        var (status, reason) = Run(TrainingRuns.TinyModel, TrainingRuns.TinyModel, train, validation, order);
        Assert.Equal(RunStatus.Failed, status);
        return reason;
    }

    /// <summary>Two steps from a model of one shape as the spec has another.</summary>
    private (RunStatus Status, string Reason) Run(ModelConfig start, ModelConfig asked, string train, string validation, DataOrder order = DataOrder.Shuffled)
    {
        var model = _folder["start"];
        Directory.CreateDirectory(model);
        File.WriteAllText(Path.Combine(model, "config.json"), ConfigFile.ToJson(start, 0));
        using (var file = File.Create(Path.Combine(model, "model.safetensors"))) HuggingFaceWeights.Write(file, TestWeights.Random(start, 3));
        var run = new RunFolder(_folder["runs", Guid.NewGuid().ToString("N")]);
        Directory.CreateDirectory(run.Path);
        File.WriteAllText(run.SpecPath, new RunSpec
        {
            StartFrom = "model/start",
            Data = new DataSpec { Tokens = new TokenFiles { Train = train, Validation = validation } },
            Model = asked,
            Training = new TrainingConfig { Steps = 2, WarmupSteps = 0, BatchSize = 2, DataOrder = order, EvaluationBatches = 1, Device = "cpu", Threads = 1, Precision = TrainingPrecision.Fp32 },
        }.ToJson());
        using var control = new RunControl();

        var status = new RunWorker(run, corpus: null, _folder["tokenizers"], _folder["datasets"], _ => model, TimeProvider.System).Run(control);

        return (status, new RunEventReader(run).Read().OfType<StatusEvent>().Last().Reason ?? "");
    }

    private string Tokens(string name, int vocabulary, int count)
    {
        using var writer = new TokenShardWriter(_folder[name + ".bin"], vocabulary);
        writer.Append([.. Enumerable.Range(0, count).Select(i => i % vocabulary)]);
        writer.Complete();
        return _folder[name + ".bin"];
    }
}

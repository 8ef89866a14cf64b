using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests;

/// <summary>A run folder whose worker learns made-up tokens, so that nothing but the worker is tested.</summary>
internal sealed class TestRunWorker : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestRunWorker(TrainingConfig training, IReadOnlyList<string>? prompts = null, ModelConfig? model = null, IFileSystem? files = null, string? top = null)
    {
        Folder = new RunFolder(Path.Combine(top ?? _folder.Path, "runs", "r1"), files);
        Directory.CreateDirectory(Folder.Path);
        Spec = new RunSpec
        {
            Name = "test",
            Tokenizer = new TokenizerSpec { VocabularySize = TrainingRuns.TinyModel.VocabularySize, SplitPattern = SplitPattern.Gpt2 },
            Model = model ?? TrainingRuns.TinyModel,
            Training = training,
            SamplePrompts = prompts ?? [""],
        };
        File.WriteAllText(Folder.SpecPath, Spec.ToJson());
        File.WriteAllText(_folder["tokenizer.json"], "{}");
    }

    public RunFolder Folder { get; }

    public RunSpec Spec { get; }

    /// <summary>Called for each micro-batch, before it is given.</summary>
    public Action<int>? OnBatch { get; set; }

    /// <summary>Called where the worker comes to something else than a micro-batch.</summary>
    public Action<WorkerPhase>? OnPhase { get; set; }

    /// <summary>What the worker is told of free memory; the truth if null.</summary>
    public Func<long>? FreeMemory { get; init; }

    public RunStatus Run(RunControl control) => new RunWorker(Folder, Prepare, TimeProvider.System) { FreeMemory = FreeMemory ?? SystemMemory.AvailableBytes }.Run(control);

    public RunStatus Run()
    {
        using var control = new RunControl();
        return Run(control);
    }

    public IReadOnlyList<RunEvent> Events() => [.. new RunEventReader(Folder).Read()];

    public void Dispose() => _folder.Dispose();

    private RunMaterial Prepare(RunSpec spec, Action<string, double> progress, CancellationToken ct)
    {
        OnPhase?.Invoke(WorkerPhase.Starting);
        ct.ThrowIfCancellationRequested();
        progress("Cutting the corpus into tokens", 1);
        var position = 0;
        return new RunMaterial
        {
            Description = new DatasetEvent
            {
                Time = DateTimeOffset.UtcNow,
                Dataset = "d",
                Tokenizer = "t",
                TrainSha256 = "aa",
                TokenizerSha256 = "bb",
                TrainTokens = 1000,
                ValidationTokens = 100,
                BytesPerToken = 1,
            },
            TokenizerPath = _folder["tokenizer.json"],
            EndOfTextId = 0,
            NextBatch = (inputs, targets) =>
            {
                OnBatch?.Invoke(position);
                TrainingRuns.Learnable(spec.Model.VocabularySize, ++position)(inputs, targets);
            },
            Epochs = () => position / 10.0,
            SavePosition = () =>
            {
                OnPhase?.Invoke(WorkerPhase.Saving);
                return position.ToString(CultureInfo.InvariantCulture);
            },
            RestorePosition = saved => position = int.Parse(saved, CultureInfo.InvariantCulture),
            StartValidation = () =>
            {
                OnPhase?.Invoke(WorkerPhase.Evaluating);
                return TrainingRuns.Learnable(spec.Model.VocabularySize, -1);
            },
            Encode = text =>
            {
                OnPhase?.Invoke(WorkerPhase.Sampling);
                return [.. text.Select(letter => (int)letter % spec.Model.VocabularySize)];
            },
            Decode = ids => string.Join(' ', ids),
        };
    }
}

/// <summary>What a worker does between micro-batches.</summary>
internal enum WorkerPhase
{
    Starting,
    Evaluating,
    Sampling,
    Saving,
}

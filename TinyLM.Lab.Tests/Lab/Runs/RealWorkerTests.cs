using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Components.Pages.NewRun;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Data;
using TinyLM.Model.Generation;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Runs;

/// <summary>The whole way with real processes: stories, tokens, TorchSharp, checkpoints, and a worker that is killed.</summary>
public sealed class RealWorkerTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly WatchedLauncher _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Run_OfAFewSteps_IsTrainedToItsEnd()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var run = await lab.Runs.StartAsync(Tiny(steps: 20) with { TensorBoard = true }, TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Status.IsTerminal(), "the run has ended");

        var ended = lab.Runs.Find(run.Id)!;
        Assert.True(ended.Status == RunStatus.Completed, ended.Reason);
        Assert.Equal(20, ended.Step);
        Assert.True(ended.HasCheckpoint);
        Assert.NotNull(ended.ValidationLoss);
        Assert.NotNull(ended.EntropyFloor);
        Assert.Equal(Enumerable.Range(1, 20), LabOfRuns.StepsOf(lab.Store.Find(run.Id)!));
        Assert.NotEmpty(lab.Runs.OpenFeed(run.Id)!.Read(default).Samples);
        await lab.UntilAsync(() => LoggedSteps(lab.Store.Find(run.Id)!) == 20, "TensorBoard's file has the last step"); // written after the last event
    }

    private static int LoggedSteps(RunFolder run)
    {
        if (!Directory.Exists(run.TensorBoardPath) || Directory.GetFiles(run.TensorBoardPath).Length == 0) return 0;
        var logs = TensorBoardDirectory.Open(run.TensorBoardPath);
        logs.Read();
        return Assert.Single(logs.Runs).Points("loss/train").Count;
    }

    [Fact]
    public async Task Worker_KilledInTheMiddle_IsReplacedPausedAndStoppedAndEachStepStandsOnce()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(Tiny(steps: 10_000_000), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)! is { HasCheckpoint: true, Step: > 60 }, "a checkpoint and some steps more are done");

        _workers.KillLast();
        await lab.UntilAsync(() => _workers.Count == 2, "another worker began");
        var atDeath = LabOfRuns.StepsOf(lab.Store.Find(run.Id)!).Count;
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step > atDeath, "it got further than the first");
        await lab.Runs.PauseAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Paused);
        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Running);
        await lab.Runs.StopAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Stopped);

        var stopped = lab.Runs.Find(run.Id)!;
        Assert.Equal(Enumerable.Range(1, stopped.Step), LabOfRuns.StepsOf(lab.Store.Find(run.Id)!));
        Assert.Equal(stopped.Step, lab.Runs.OpenFeed(run.Id)!.Read(default).Checkpoints[^1].Step);
    }

    /// <summary>A tokenizer is learned from a corpus, New run takes it, the run trains with it, and its checkpoint writes with it.</summary>
    [Fact]
    public async Task Run_WithATokenizerOfTheLibrary_IsTrainedAndWritesWithIt()
    {
        var ct = TestContext.Current.CancellationToken;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var library = new TokenizerLibrary(_temp.Directory, new FakeCorpusLibrary(), TimeProvider.System, NullLogger<TokenizerLibrary>.Instance);
        using var trainings = new TokenizerTrainings(_temp.Directory, new FakeCorpusLibrary(), library, TimeProvider.System, NullLogger<TokenizerTrainings>.Instance);
        var training = trainings.Start("Letters and spaces", new TokenizerTrainingSettings
        {
            Corpus = "stories",
            VocabularySize = 320,
            TrainingBytes = 50_000,
            SplitPattern = SplitPattern.Expression,
            SplitExpression = @"[\p{L} ]+|[^\p{L} ]+",
            SpecialTokens = ["<|user|>"],
        });
        await Eventually.HoldsAsync(() => trainings.Read(training, 0)!.Training.Stage == TokenizerTrainingStage.Done, "the tokenizer is learned");
        var info = library.Find(trainings.Read(training, 0)!.Training.TokenizerId!)!;

        var run = await lab.Runs.StartAsync(TokenizerField.With(Tiny(steps: 20), info), ct);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Status.IsTerminal(), "the run has ended");

        Assert.True(lab.Runs.Find(run.Id)!.Status == RunStatus.Completed, lab.Runs.Find(run.Id)!.Reason);
        var tokenizer = await library.OpenAsync(info.Id, ct);
        using var host = new ModelHost(new CheckpointShelf(_temp.Directory), new ModelHostOptions(), TimeProvider.System, NullLogger<ModelHost>.Instance);
        var pieces = await host.GenerateAsync(ModelReference.OfRun(run.Id), new TextRequest { Prompt = "Once upon", Settings = new SamplingSettings { MaxTokens = 16 } }, ct).ToListAsync(ct);
        Assert.NotEmpty(pieces);
        Assert.Equal(tokenizer.Decode(pieces.Select(piece => piece.TokenId)), string.Concat(pieces.Select(piece => piece.Text)));
        var checkpoint = Directory.EnumerateDirectories(Path.Combine(_temp.Directory.RunsPath, run.Id, "checkpoints")).Order(StringComparer.Ordinal).Last();
        Assert.Equal(info.Sha256, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(checkpoint, "tokenizer.json"), ct))));
    }

    private static RunSpec Tiny(int steps)
    {
        var spec = LabOfRuns.Spec(steps);
        return spec with
        {
            Data = new DataSpec { StoryBytes = 100_000 },
            Tokenizer = new TokenizerSpec { VocabularySize = 300, TrainingBytes = 50_000 },
            Model = new ModelConfig { VocabularySize = 300, ContextLength = 32, EmbeddingSize = 32, LayerCount = 2, HeadCount = 2 },
            Training = spec.Training with { BatchSize = 4, CheckpointInterval = 50, EvaluationInterval = 20, SampleInterval = 20, Threads = 1, Precision = TinyLM.Model.Training.TrainingPrecision.Fp32 },
        };
    }
}

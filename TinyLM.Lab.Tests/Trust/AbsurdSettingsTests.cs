using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Settings that make no sense, at random: refused in words, or trained until a number is none, which ends the run before that update is saved.</summary>
[Collection(TorchTests.Name)]
public sealed class AbsurdSettingsTests
{
    private const long FreeMemory = 300_000_000;

    /// <summary>Operations of a run that a test may wait for; more is sound, and takes as long as it takes.</summary>
    private const double MostOperations = 5e8;

    private static readonly double[] s_absurd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, -1, 1, 2, 1e-320, 1e-8, 0.5, 0.999999, 10, 1e3, 1e4, 1e9, 1e38, 1e308];
    private static readonly int[] s_absurdWhole = [0, -1, 1, 2, 3, 7, 1_000, 65_536, 1 << 20, int.MaxValue, int.MinValue];

    [Fact]
    public void Settings_OfAnyKind_AreRefusedInWordsOrStoppedBeforeTheyAreSaved()
    {
        var random = new Random(13);
        var trainings = TrustCounts.Of(40, 1_000);
        var (refused, diverged, tooLarge, completed) = (0, 0, 0, 0);
        for (var trial = 0; trial < TrustCounts.Of(1_000, 10_000); trial++)
        {
            var spec = Spec(random);
            var problems = spec.Validate();
            if (problems.Count > 0)
            {
                refused++;
                Assert.All(problems, problem => Assert.EndsWith(".", problem, StringComparison.Ordinal));
                continue;
            }

            if (spec.MemoryProblem(FreeMemory) is null && (Operations(spec) > MostOperations || trainings-- <= 0)) continue;
            using var worker = new TestRunWorker(spec.Training, model: spec.Model) { FreeMemory = () => FreeMemory };
            var status = worker.Run();
            var last = worker.Events().OfType<StatusEvent>().Last();
            Assert.Equal(status, last.Status);
            if (status == RunStatus.Completed) completed++;
            else
            {
                Assert.Equal(RunStatus.Failed, status);
                Assert.DoesNotContain("Exception", last.Reason, StringComparison.Ordinal);
                if (last.Reason!.Contains("diverged", StringComparison.Ordinal)) diverged++;
                else if (last.Reason.Contains("GB of memory", StringComparison.Ordinal)) tooLarge++;
                else Assert.Fail($"Trial {trial}: {last.Reason}\n{spec.ToJson()}");
            }

            foreach (var step in CheckpointStore.ListSteps(worker.Folder))
            {
                CheckpointStore.Verify(worker.Folder.CheckpointPath(step));
                foreach (var tensor in CheckpointStore.ReadWeights(worker.Folder.CheckpointPath(step)).Tensors.Values)
                    Assert.True(float.IsFinite(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(tensor.Values.Span)));
            }
        }

        Assert.True(refused > 100 && diverged > 0 && tooLarge > 0 && completed > 2, $"{refused} refused, {diverged} diverged, {tooLarge} too large, {completed} completed.");
    }

    private static double Operations(RunSpec spec) =>
        ModelArithmetic.FlopsPerToken(spec.Model) * spec.Training.TokensPerStep(spec.Model.ContextLength) * spec.Training.Steps
        + ModelArithmetic.FlopsPerToken(spec.Model) / 3 * spec.Training.EvaluationBatches * spec.Training.BatchSize * spec.Model.ContextLength * (2 + spec.Training.Steps / Math.Max(1, spec.Training.EvaluationInterval));

    private static RunSpec Spec(Random random)
    {
        return new RunSpec
        {
            Tokenizer = new TokenizerSpec { VocabularySize = 300 },
            Model = new ModelConfig
            {
                Family = (ModelFamily)random.Next(2),
                VocabularySize = Whole(300, rarity: 60),
                ContextLength = Whole(8),
                EmbeddingSize = Whole(16),
                LayerCount = Whole(1),
                HeadCount = Whole(2),
                KeyValueHeadCount = Whole(0),
                FeedForwardSize = Whole(0),
                NormEpsilon = Real(1e-5),
                RotaryBase = Real(10_000),
            },
            Training = new TrainingConfig
            {
                Steps = 4,
                BatchSize = Whole(2),
                SequenceLength = Whole(0),
                GradientAccumulation = Whole(1),
                TokenBudget = Whole(0),
                Optimizer = (TrainingOptimizer)random.Next(2),
                LearningRate = Real(1e-3, rarity: 3),
                Schedule = (ScheduleShape)random.Next(Enum.GetValues<ScheduleShape>().Length),
                FinalLearningRateFraction = Real(0.1),
                DecayFraction = Real(0.2),
                WarmupSteps = Whole(0),
                Beta1 = Real(0.9),
                Beta2 = Real(0.95),
                Epsilon = Real(1e-8),
                WeightDecay = Real(0.1, rarity: 5),
                MuonLearningRate = Real(0),
                MuonMomentum = Real(0.95),
                Dropout = Real(0),
                GradientClip = Real(1, rarity: 5),
                EvaluationInterval = Whole(2),
                EvaluationBatches = Whole(1),
                Patience = Whole(0),
                SampleInterval = Whole(0),
                CheckpointInterval = 1,
                LogInterval = Whole(1),
                Device = "cpu",
                Threads = 1,
                Precision = TrainingPrecision.Fp32,
            },
        };

        double Real(double sane, int rarity = 30) => random.Next(rarity) == 0 ? s_absurd[random.Next(s_absurd.Length)] : sane;
        int Whole(int sane, int rarity = 25) => random.Next(rarity) == 0 ? s_absurdWhole[random.Next(s_absurdWhole.Length)] : sane;
    }
}

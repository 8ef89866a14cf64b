using System.Numerics.Tensors;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Storage;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>The steps of a run, and what is done between them: measuring, sampling, saving, waiting.</summary>
/// <param name="run">The run.</param>
/// <param name="spec">What was asked.</param>
/// <param name="steps">Steps to do in all: the spec's, or more.</param>
/// <param name="specSha256">SHA-256 of its file.</param>
/// <param name="initial">The weights to begin with; null for random ones.</param>
/// <param name="material">What it learns from.</param>
/// <param name="events">Receives what happens.</param>
/// <param name="disk">Waits where the disk is full.</param>
/// <param name="control">What others ask meanwhile.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class RunLoop(
    RunFolder run, RunSpec spec, int steps, string specSha256, ModelWeights? initial, RunMaterial material, RunEventWriter events, FullDiskWait disk, RunControl control, TimeProvider clock)
{
    /// <summary>Steps between two whose figures cost more, about; they are steps that are logged.</summary>
    private const int UsualMeasureInterval = 10;

    private static readonly TimeSpan s_pauseSlice = TimeSpan.FromMilliseconds(100);

    private readonly TrainingConfig _config = spec.Training;
    private readonly SampleWriter _samples = new(spec, material);
    private readonly double _flopsPerToken = ModelArithmetic.FlopsPerToken(spec.Model);
    private readonly int _measureInterval = spec.Training.LogInterval * Math.Max(1, UsualMeasureInterval / spec.Training.LogInterval);
    private int _step;
    private int _savedStep = -1;
    private long _tokens;
    private double _wallTime;
    private long _wallTimeSince;
    private bool _warnedOfLoss;
    private int? _sampledStep;
    private ValidationRecord? _validation;

    /// <summary>Trains until all steps are done or the run is to end.</summary>
    /// <param name="start">Where to carry on; null begins anew.</param>
    /// <returns>Completed, Stopped or Interrupted.</returns>
    /// <exception cref="TrainingDivergedException">A figure is no finite number any more.</exception>
    /// <exception cref="IOException">The last checkpoint, or the events, cannot be written.</exception>
    public RunStatus Run(Checkpoint? start)
    {
        var plan = start?.State.Plan is { } earlier && earlier.Device == TorchDevices.Resolve(_config.Device)
            ? earlier
            : TrainingPlanner.Choose(spec.Model, _config);
        using var trainer = new Trainer(spec.Model, _config, plan);
        Begin(trainer, start);
        var environment = Environment(trainer);
        Append(environment);
        using var hardware = new HardwareMonitor(plan.Device, clock);
        AppendStatus(RunStatus.Running);
        _wallTimeSince = clock.GetTimestamp();
        if (_step == 0)
        {
            Evaluate(trainer);
            Sample(trainer);
        }
        else
        {
            // The earlier worker had to leave before it could.
            if (Evaluates(_step) && _validation is { } record && record.Step != _step) Evaluate(trainer);
            if (Samples(_step) && _sampledStep is { } sampled && sampled != _step) Sample(trainer);
        }

        var stepSeconds = 0.0;
        var stepsSince = 0;
        while (_step < steps && !HasLostPatience)
        {
            WaitWhilePaused(trainer);
            if (control.Ending is not null) break;

            var step = _step + 1;
            var logs = step % _config.LogInterval == 0 || step == steps;
            var before = clock.GetTimestamp();
            var result = trainer.Step(step, material.NextBatch, read: logs || Evaluates(step) || Saves(step), measures: logs && step % _measureInterval == 0);
            stepSeconds += clock.GetElapsedTime(before).TotalSeconds;
            stepsSince++;
            _step = step;
            _tokens += _config.TokensPerStep(spec.Model.ContextLength);
            if (logs)
            {
                var tokensPerSecond = stepsSince * _config.TokensPerStep(spec.Model.ContextLength) / Math.Max(stepSeconds, 1e-9);
                Log(result!, tokensPerSecond, _flopsPerToken * tokensPerSecond / environment.PeakFlopsPerSecond, trainer.TakeTimes(), hardware.Look());
                (stepSeconds, stepsSince) = (0, 0);
            }
            if (Evaluates(step)) Evaluate(trainer);
            if (Samples(step)) Sample(trainer);
            if (control.TakeSaveRequest() || Saves(step)) Save(trainer, mustSucceed: step == steps);
        }

        if (_step > 0 && _savedStep != _step && control.SavesAtEnd) Save(trainer, mustSucceed: true);
        return _step == steps || HasLostPatience ? RunStatus.Completed : control.Ending ?? RunStatus.Interrupted;
    }

    /// <summary>Steps done.</summary>
    public int StepsDone => _step;

    /// <summary>Why the run was over before its last step, in words; null where it was not.</summary>
    public string? EarlyEnd => HasLostPatience && _step < steps
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The validation loss did not fall below {_validation!.Lowest:F4} in {_validation.Since} measurements, so the run ended early, at step {_step} of {steps}.")
        : null;

    private bool HasLostPatience => _config.Patience > 0 && _validation is { } record && record.Since >= _config.Patience;

    private bool Evaluates(int step) => step % _config.EvaluationInterval == 0 || step == steps;

    private bool Saves(int step) => step % _config.CheckpointInterval == 0 || step == steps || (step < _config.CheckpointInterval && CheckpointRetention.IsMilestone(step));

    /// <summary>Every interval, at the end, and once early in the first one, so that noise and first words are seen apart.</summary>
    private bool Samples(int step) =>
        _config.SampleInterval > 0 && (step % _config.SampleInterval == 0 || step == steps || step == _config.SampleInterval / 3);

    private void Begin(Trainer trainer, Checkpoint? start)
    {
        if (start is null)
        {
            trainer.Load(initial ?? ModelInitializer.Create(spec.Model, SeedSequence.Derive(_config.Seed, SeedSequence.Purpose.Weights)));
            return;
        }
        if (start.State.SpecSha256 != specSha256) Warn("run.json is not the one that the checkpoint was trained by; the run goes on by the present one.");
        if (start.State.TokenizerSha256 != material.Description.TokenizerSha256)
            throw new CheckpointException("The tokenizer is not the one that the checkpoint was trained with; start a new run.");
        if (start.State.TrainSha256 != material.Description.TrainSha256)
            throw new CheckpointException("The training tokens are not those that the checkpoint was trained on; the corpus has changed. Start a new run.");
        if (start.State.Plan != trainer.Plan) Warn("The run goes on with another device, number of threads or precision than before; the figures will differ in the last digits.");
        trainer.Load(start.Weights);
        trainer.WriteOptimizer(start.Optimizer);
        material.RestorePosition(start.State.Sampler);
        (_validation, _sampledStep) = (start.State.Validation, start.State.SampledStep);
        (_step, _savedStep, _tokens, _wallTime) = (start.State.Step, start.State.Step, start.State.Tokens, start.State.WallTime);
    }

    private void Log(StepResult result, double tokensPerSecond, double? utilization, StepTimes? times, HardwareReading? hardware)
    {
        Append(new StepEvent
        {
            Time = clock.GetUtcNow(),
            Step = _step,
            Loss = result.Loss,
            LearningRate = result.LearningRate,
            GradientNorm = result.GradientNorm,
            Tokens = _tokens,
            Epoch = material.Epochs(),
            TokensPerSecond = tokensPerSecond,
            WallTime = WallTime(),
            FlopsUtilization = utilization is { } part ? Math.Round(part, 5) : null,
            Times = times,
            UpdateRatio = result.UpdateRatio,
            Hardware = hardware,
        });
        var guessing = Math.Log(spec.Model.VocabularySize);
        if (_warnedOfLoss || result.Loss < 3 * guessing) return;
        _warnedOfLoss = true;
        Warn(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The loss is {result.Loss:G4} at step {_step}, far above the {guessing:G4} of blind guessing: the learning rate is probably too high."));
    }

    private void Evaluate(Trainer trainer)
    {
        try
        {
            var batches = Math.Min(_config.EvaluationBatches, material.ValidationBatches);
            if (batches < 1) return;
            var loss = trainer.Evaluate(material.StartValidation(), batches, control.Leaving);
            if (!double.IsFinite(loss)) throw new TrainingDivergedException(
                $"The training diverged: the validation loss is {loss} after step {_step}. Try a lower learning rate or a longer warm-up. No checkpoint was written of this; the last good one is kept.");
            _validation = ValidationRecord.After(_validation, loss, _step);
            Append(new EvaluationEvent { Time = clock.GetUtcNow(), Step = _step, Loss = loss, WallTime = WallTime() });
        }
        catch (OperationCanceledException) when (control.Ending is not null)
        {
            // The run ends; its last checkpoint comes first.
        }
    }

    private void Sample(Trainer trainer)
    {
        if (_config.SampleInterval == 0 || spec.SamplePrompts.Count == 0 || material.TokenizerPath is null) return;
        try
        {
            var written = _samples.Write(Finite(trainer.Snapshot()), _step, control.Leaving).ToList(); // all or none, or a resumed run would have some twice
            _sampledStep = _step;
            foreach (var (prompt, text) in written)
                Append(new SampleEvent { Time = clock.GetUtcNow(), Step = _step, Prompt = prompt, Text = text, Temperature = SampleWriter.Temperature });
        }
        catch (OperationCanceledException) when (control.Ending is not null)
        {
            // As above.
        }
    }

    private void Save(Trainer trainer, bool mustSucceed)
    {
        if (_savedStep == _step && Directory.Exists(run.CheckpointPath(_step))) return; // asked for again while paused, or right after a start
        var checkpoint = new Checkpoint
        {
            Weights = Finite(trainer.Snapshot()),
            Optimizer = trainer.ReadOptimizer(),
            State = new TrainerState
            {
                Step = _step,
                Tokens = _tokens,
                WallTime = WallTime(),
                EventsPosition = events.Position,
                Sampler = material.SavePosition(),
                Validation = _validation,
                SampledStep = _sampledStep,
                Plan = trainer.Plan,
                SpecSha256 = specSha256,
                TrainSha256 = material.Description.TrainSha256,
                TokenizerSha256 = material.Description.TokenizerSha256,
            },
        };
        try
        {
            disk.Write(() =>
            {
                events.Flush(); // the checkpoint points into them
                DurableFolder.Ensure(run.CheckpointsPath, run.Files);
                checkpoint.Write(run.CheckpointPath(_step), material.TokenizerPath, material.EndOfTextId, run.Files);
            }, _step);
        }
        catch (IOException e) when (!mustSucceed && !FullDisk.Is(e))
        {
            Warn($"The checkpoint of step {_step} could not be written: {e.Message} The earlier ones are kept and the run goes on; look at the disk and its permissions.");
            return;
        }
        _savedStep = _step;
        Append(CheckpointAt(_step, clock));
        foreach (var step in CheckpointRetention.Superfluous(CheckpointStore.ListSteps(run))) DurableFolder.Remove(run.CheckpointPath(step), run.Files);
    }

    /// <summary>The event of a checkpoint; written again by a worker that carries on from it, since it stands behind the checkpoint's position.</summary>
    public static CheckpointEvent CheckpointAt(int step, TimeProvider clock) =>
        new() { Time = clock.GetUtcNow(), Step = step, Path = $"checkpoints/{RunFolder.CheckpointName(step)}" };

    /// <summary>Refuses weights that hold NaN or infinity: an update may overflow after a loss that was finite.</summary>
    private ModelWeights Finite(ModelWeights weights)
    {
        foreach (var (name, tensor) in weights.Tensors)
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude(tensor.Values.Span)))
                throw new TrainingDivergedException(
                    $"The training diverged: {name} holds numbers that are not finite after step {_step}. Try a lower learning rate or a longer warm-up. No checkpoint was written of this; the last good one is kept.");
        return weights;
    }

    private void WaitWhilePaused(Trainer trainer)
    {
        if (!control.IsPaused) return;
        _wallTime = WallTime();
        AppendStatus(RunStatus.Paused);
        events.Flush();
        while (!control.WaitWhilePaused(s_pauseSlice))
        {
            if (!control.TakeSaveRequest()) continue;
            _wallTimeSince = clock.GetTimestamp();
            Save(trainer, mustSucceed: false);
        }
        _wallTimeSince = clock.GetTimestamp();
        if (control.Ending is null) AppendStatus(RunStatus.Running);
    }

    private EnvironmentEvent Environment(Trainer trainer)
    {
        var plan = trainer.Plan;
        var name = TorchDevices.NameOf(plan.Device);
        var peak = trainer.MeasurePeak(name);
        return new EnvironmentEvent
        {
            Time = clock.GetUtcNow(),
            Device = plan.Device,
            DeviceName = name,
            Threads = plan.Threads,
            Precision = plan.Precision switch { TrainingPrecision.Bf16 => "bf16", TrainingPrecision.Tf32 => "tf32", _ => "fp32" },
            Versions = new Dictionary<string, string>
            {
                ["TinyLM"] = typeof(RunLoop).Assembly.GetName().Version?.ToString(3) ?? "unknown",
                ["TorchSharp"] = TorchLibrary.Version,
                [".NET"] = System.Environment.Version.ToString(),
            },
            ParameterCount = ModelArithmetic.ParameterCount(spec.Model),
            FlopsPerToken = _flopsPerToken,
            PeakFlopsPerSecond = Math.Round(peak.FlopsPerSecond),
            PeakIsMeasured = peak.IsMeasured,
        };
    }

    private double WallTime()
    {
        _wallTime -= disk.TakeWaited().TotalSeconds;
        return _wallTime + clock.GetElapsedTime(_wallTimeSince).TotalSeconds;
    }

    private void AppendStatus(RunStatus status)
    {
        disk.Present = status;
        Append(new StatusEvent { Time = clock.GetUtcNow(), Status = status, Step = _step });
    }

    private void Warn(string message) => Append(new WarningEvent { Time = clock.GetUtcNow(), Message = message });

    private void Append(RunEvent happened) => disk.Write(() => events.Append(happened), _step);
}

using System.Text.Json.Serialization;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>One line of <c>events.jsonl</c>: something that happened in a run.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(StatusEvent), "status")]
[JsonDerivedType(typeof(ProgressEvent), "progress")]
[JsonDerivedType(typeof(EnvironmentEvent), "environment")]
[JsonDerivedType(typeof(DatasetEvent), "dataset")]
[JsonDerivedType(typeof(StepEvent), "step")]
[JsonDerivedType(typeof(EvaluationEvent), "evaluation")]
[JsonDerivedType(typeof(SampleEvent), "sample")]
[JsonDerivedType(typeof(CheckpointEvent), "checkpoint")]
[JsonDerivedType(typeof(WarningEvent), "warning")]
public abstract record RunEvent
{
    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>The run entered a state.</summary>
public sealed record StatusEvent : RunEvent
{
    /// <summary>The state.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public int Step { get; init; }

    /// <summary>Why, in words for people; always there when the run failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether a paused run waits for room on the disk and then goes on by itself; left out where it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WaitsForSpace { get; init; }
}

/// <summary>How far a piece of long work before the training has come.</summary>
public sealed record ProgressEvent : RunEvent
{
    /// <summary>What is done, in words: "Training the tokenizer", "Cutting the corpus into tokens".</summary>
    public required string Stage { get; init; }

    /// <summary>From 0 to 1.</summary>
    public required double Fraction { get; init; }
}

/// <summary>What the worker runs on, and what it chose by measurement.</summary>
public sealed record EnvironmentEvent : RunEvent
{
    /// <summary>Device in use: <c>cpu</c>, <c>cuda:0</c>, <c>mps</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Its name for people.</summary>
    public required string DeviceName { get; init; }

    /// <summary>CPU threads in matrix products.</summary>
    public required int Threads { get; init; }

    /// <summary><c>fp32</c> or <c>bf16</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>Versions of the lab, of TorchSharp and of .NET.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Trainable parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Floating-point operations that training does for one token, 6N + 6LCT; null in events of older workers, as the next two.</summary>
    public double? FlopsPerToken { get; init; }

    /// <summary>The most floating-point operations a second that the device could do in this precision.</summary>
    public double? PeakFlopsPerSecond { get; init; }

    /// <summary>Whether that is a large matrix product's, measured at the start; else the data sheet's, dense.</summary>
    public bool? PeakIsMeasured { get; init; }
}

/// <summary>The tokens that the run learns from are ready.</summary>
public sealed record DatasetEvent : RunEvent
{
    /// <summary>Id of the dataset in the library.</summary>
    public required string Dataset { get; init; }

    /// <summary>Id of the tokenizer in the library.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>SHA-256 of the training shard, lower-case hex.</summary>
    public required string TrainSha256 { get; init; }

    /// <summary>SHA-256 of the tokenizer file, lower-case hex.</summary>
    public required string TokenizerSha256 { get; init; }

    /// <summary>Tokens to learn from.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Tokens to measure on.</summary>
    public required long ValidationTokens { get; init; }

    /// <summary>UTF-8 bytes of text that a token of the validation set stands for, on average; turns nats per token into bits per byte.</summary>
    public required double BytesPerToken { get; init; }

    /// <summary>Entropy of the source in nats per token, measured on the validation documents: no model gets below it. Null where it is not known.</summary>
    public double? EntropyFloor { get; init; }

    /// <summary>Whether <see cref="EntropyFloor"/> is only an upper bound of the entropy.</summary>
    public bool EntropyFloorIsUpperBound { get; init; }
}

/// <summary>One optimizer step.</summary>
public sealed record StepEvent : RunEvent
{
    /// <summary>Number of the step, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Mean loss over the step's tokens before its update, in nats per token.</summary>
    public required double Loss { get; init; }

    /// <summary>Learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Global norm of the gradient before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Tokens learned from since the start of the run.</summary>
    public required long Tokens { get; init; }

    /// <summary>Times that all training tokens were read, the present epoch by its part; null in events of older workers.</summary>
    public double? Epoch { get; init; }

    /// <summary>Tokens a second over the steps since the last event of this kind.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Seconds of training since the start of the run, pauses and absences not counted.</summary>
    public required double WallTime { get; init; }

    /// <summary>Model FLOPs utilisation: <see cref="EnvironmentEvent.FlopsPerToken"/> times tokens a second over the peak. Chowdhery et al. 2022, appendix B.</summary>
    public double? FlopsUtilization { get; init; }

    /// <summary>Where the time of the steps since the last event of this kind went, seconds a step; null where it was not measured.</summary>
    public StepTimes? Times { get; init; }

    /// <summary>Length of the step's update relative to that of the weights; null where it was not measured, as in nine of ten.</summary>
    public double? UpdateRatio { get; init; }

    /// <summary>How busy the machine was; null in most, for it is looked at every two seconds.</summary>
    public HardwareReading? Hardware { get; init; }
}

/// <summary>A measurement of the validation loss.</summary>
public sealed record EvaluationEvent : RunEvent
{
    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Mean loss over the fixed validation batches, in nats per token.</summary>
    public required double Loss { get; init; }

    /// <summary>Seconds of training since the start of the run.</summary>
    public required double WallTime { get; init; }
}

/// <summary>Text that the model wrote during training.</summary>
public sealed record SampleEvent : RunEvent
{
    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>What it was given; empty: a new document.</summary>
    public required string Prompt { get; init; }

    /// <summary>What it wrote after the prompt.</summary>
    public required string Text { get; init; }

    /// <summary>Softmax temperature.</summary>
    public required double Temperature { get; init; }
}

/// <summary>A checkpoint stands on disk, whole.</summary>
public sealed record CheckpointEvent : RunEvent
{
    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Folder, relative to the run folder.</summary>
    public required string Path { get; init; }
}

/// <summary>Something that a person should know and that does not end the run.</summary>
public sealed record WarningEvent : RunEvent
{
    /// <summary>In words, with what to do.</summary>
    public required string Message { get; init; }
}

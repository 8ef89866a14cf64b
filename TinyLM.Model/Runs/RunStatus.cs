using System.Text.Json.Serialization;

namespace TinyLM.Model.Runs;

/// <summary>Where a run stands in its life: queued → preparing → running ⇄ paused → completed, stopped or failed.</summary>
public enum RunStatus
{
    /// <summary>Asked for; no worker has begun.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>A worker trains the tokenizer or cuts the corpus into token shards.</summary>
    [JsonStringEnumMemberName("preparing")]
    Preparing,

    /// <summary>A worker trains.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>A worker waits, its state in memory.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>The worker was told to leave (Ctrl+C, shutdown) and saved a checkpoint; the next start of the lab carries on.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,

    /// <summary>All steps are done.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>A person ended it early; it can be resumed.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>It could not go on; the status event says why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Questions about a <see cref="RunStatus"/>.</summary>
public static class RunStatusExtensions
{
    /// <summary>Whether the run has ended: nothing happens any more unless a person asks.</summary>
    public static bool IsTerminal(this RunStatus status) => status is RunStatus.Completed or RunStatus.Stopped or RunStatus.Failed;
}

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>How reasons of failed runs begin, as workers write them.</summary>
internal static class TrainingFailure
{
    /// <summary>A figure was no finite number; a test compares it with what a worker writes.</summary>
    public const string Diverged = "The training diverged";
}

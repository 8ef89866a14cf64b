using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>Watches the events of one run for one thing.</summary>
internal interface IAlertRule
{
    /// <summary>What is wrong now; null where nothing is.</summary>
    RunAlert? Current { get; }

    /// <summary>Takes the next event in.</summary>
    void Add(RunEvent happened);
}

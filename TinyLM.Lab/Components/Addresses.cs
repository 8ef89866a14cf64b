using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components;

/// <summary>Addresses of pages that several places link to.</summary>
internal static class Addresses
{
    /// <summary>Runs beside each other.</summary>
    public static string Compare(IEnumerable<RunSummary> runs) => "/compare?runs=" + string.Join(',', runs.Select(run => Uri.EscapeDataString(run.Id)));

    /// <summary>Runs that were launched together.</summary>
    public static string Group(string groupId) => $"/groups/{Uri.EscapeDataString(groupId)}";

    /// <summary>An experiment that was launched.</summary>
    public static string Experiment(string groupId) => $"/scaling/experiment?group={Uri.EscapeDataString(groupId)}";

    /// <summary>A new run that begins with a model's weights.</summary>
    public static string BeginWith(ModelReference model) => $"/new?from={Uri.EscapeDataString(model.ToString())}";
}

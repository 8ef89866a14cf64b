using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components;

/// <summary>Addresses of pages that several places link to.</summary>
internal static class Addresses
{
    /// <summary>Runs beside each other.</summary>
    public static string Compare(IEnumerable<RunSummary> runs) => "/compare?runs=" + string.Join(',', runs.Select(run => Uri.EscapeDataString(run.Id)));
}

using System.Globalization;

namespace TinyLM.Benchmarks;

/// <summary>The tables of training: <c>-- training [limits] [overhead] [memory] [curves] [families] [kernels]</c>, all of them without a name.</summary>
internal static class TrainingTables
{
    private static readonly Dictionary<string, Action> s_tables = new()
    {
        ["limits"] = TrainingLimits.Run,
        ["overhead"] = TrainingOverhead.Run,
        ["memory"] = TrainingMemory.Run,
        ["curves"] = CostCurves.Run,
        ["families"] = FamilyComparison.Run,
        ["kernels"] = KernelComparison.Run,
    };

    /// <summary>Prints the tables named.</summary>
    public static void Run(string[] names)
    {
        if (names is ["memory", var index, var steps])
        {
            TrainingMemory.Measure(int.Parse(index, CultureInfo.InvariantCulture), int.Parse(steps, CultureInfo.InvariantCulture)); // in a process of its own
            return;
        }
        foreach (var name in names.Length == 0 ? [.. s_tables.Keys] : names)
        {
            if (!s_tables.TryGetValue(name, out var table)) throw new ArgumentException($"There is no table '{name}'; expected {string.Join(", ", s_tables.Keys)}.");
            table();
            Console.WriteLine();
        }
    }
}

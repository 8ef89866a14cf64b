using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace TinyLM.Benchmarks;

/// <summary>Megabytes (10⁶ bytes) a second by the mean, where a benchmark says its bytes.</summary>
internal sealed class RateColumn : IColumn
{
    private const string Nothing = "-";

    public string Id => nameof(RateColumn);

    public string ColumnName => "MB/s";

    public string Legend => "Megabytes (10^6 bytes) of text a second, by the mean";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(benchmark => Bytes(benchmark) is not null);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (Bytes(benchmarkCase) is not { } bytes || summary[benchmarkCase]?.ResultStatistics is not { } statistics) return Nothing;
        return (bytes / statistics.Mean * 1000).ToString("N1", CultureInfo.InvariantCulture); // bytes a nanosecond are gigabytes a second
    }

    private static int? Bytes(BenchmarkCase benchmark) =>
        benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<BytesPerOperationAttribute>()?.Bytes;
}

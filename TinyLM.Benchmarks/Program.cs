using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using TinyLM.Benchmarks;

if (args is ["llama2c", _, _, _, _, ..])
{
    Llama2cComparison.Run(args.AsSpan(1));
    return;
}

if (args is ["serving", var address, var model, var clients])
{
    await ServingLatency.RunAsync(address, model, int.Parse(clients, System.Globalization.CultureInfo.InvariantCulture));
    return;
}
if (args is ["tokenizers", var folder, .. var parts])
{
    new TokenizerComparison(folder).Run(parts.Length > 0 ? parts : TokenizerComparison.Parts);
    return;
}

// Beside llm.c, which BenchmarkDotNet cannot start: -- llmc <folder of its source> [letters of shapes].
if (args is ["llmc", var llmc, .. var shapes])
{
    new LlmcComparison(llmc, string.Concat(shapes)).Run();
    return;
}

// Training beside what bounds it; each prints a table.
if (args is ["training", .. var tables])
{
    TrainingTables.Run(tables);
    return;
}

// What viewers of a live run cost: -- viewers <path of the built lab> [viewers] [seconds a turn] [turns].
if (args is ["viewers", var lab, .. var sizes])
{
    var numbers = sizes.Select(size => int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
    await new TinyLM.Benchmarks.Viewers.ViewerLoad(lab, numbers.ElementAtOrDefault(0) is > 0 and var count ? count : 50, numbers.ElementAtOrDefault(1) is > 0 and var seconds ? seconds : 30, numbers.ElementAtOrDefault(2) is > 0 and var turns ? turns : 3)
        .RunAsync(CancellationToken.None);
    return;
}

// In this process, since libtorch lies in this output folder and a generated project would not find it. Short jobs: all of it
// is done within minutes, and a busy machine spoils more than few iterations do.
var job = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(3)
    .WithIterationCount(8)
    .WithIterationTime(TimeInterval.FromMilliseconds(200));

var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddColumn(new RateColumn(), StatisticColumn.Min)
    .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
    .HideColumns(Column.Error, Column.Categories, Column.RatioSD)
    .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40))
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);

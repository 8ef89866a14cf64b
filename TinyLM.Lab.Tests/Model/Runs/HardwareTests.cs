using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

/// <summary><see cref="GpuReading"/>, <see cref="GpuMonitor"/> and <see cref="HardwareMonitor"/>; the lines are written after nvidia-smi's manual.</summary>
public class HardwareTests
{
    [Fact]
    public void Parse_LineOfNvidiaSmi_ReadsEachFigureInItsUnit() =>
        Assert.Equal(new GpuReading(0.87, 20364L << 20, 61, 412.35), GpuReading.Parse("87, 20364, 61, 412.35"));

    [Theory]
    [InlineData("[N/A], 1034, 41, [N/A]", null, 1034, 41.0, null)] // a slice of a card tells no utilisation
    [InlineData("3, 512, 44, [Not Supported]", 0.03, 512, 44.0, null)]
    [InlineData("0, 0, [Unknown Error], 18.02", 0.0, 0, null, 18.02)]
    public void Parse_FiguresThatTheDeviceDoesNotTell_AreLeftOut(string line, double? utilization, int mebibytes, double? temperature, double? power) =>
        Assert.Equal(new GpuReading(utilization, (long)mebibytes << 20, temperature, power), GpuReading.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("No devices were found")]
    [InlineData("[N/A], [N/A], [N/A], [N/A]")]
    [InlineData("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver, or the device")]
    public void Parse_AnythingElse_IsNoReading(string line) => Assert.Null(GpuReading.Parse(line));

    [Theory]
    [InlineData(1, null, "1")]
    [InlineData(1, "", "1")]
    [InlineData(1, "3, 2", "2")]
    [InlineData(0, "GPU-8f6d7c6a-1b2c", "GPU-8f6d7c6a-1b2c")]
    public void Arguments_OfAMonitor_NameTheDeviceAsNvidiaSmiCountsIt(int index, string? visible, string expected) =>
        Assert.Contains($"--id={expected}", GpuMonitor.Arguments(index, visible));

    [Fact]
    public void Look_EveryTwoSeconds_TellsProcessorsAndMemory()
    {
        var clock = new ManualClock();
        using var monitor = new HardwareMonitor("cpu", clock);

        var early = monitor.Look();
        clock.Advance(TimeSpan.FromSeconds(2));
        var later = monitor.Look();
        var again = monitor.Look();

        Assert.Null(early);
        Assert.Null(again);
        Assert.NotNull(later);
        Assert.InRange(later.Processors, 0, 100 * Environment.ProcessorCount); // by the clock of the test two seconds passed
        Assert.InRange(later.MemoryBytes, 1 << 20, 1L << 40);
        Assert.Null(later.Gpu);
    }
}

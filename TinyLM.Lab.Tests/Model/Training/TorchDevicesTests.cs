using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Training;

[Collection(TorchTests.Name)]
public class TorchDevicesTests
{
    [Fact]
    public void Describe_AnyMachine_KnowsTheProcessorAndMeasuresIt()
    {
        var report = TorchDevices.Describe();

        Assert.Null(report.Problem);
        var processor = Assert.Single(report.Devices, device => device.Id == "cpu");
        Assert.True(processor.MemoryBytes > 1 << 28);
        Assert.True(processor.FlopsPerSecond > 1e8);
        Assert.StartsWith("0.", report.TorchSharpVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_DeviceThatIsNotThere_SaysWhatToDo()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => TorchDevices.Resolve("cuda:63"));

        Assert.Contains("Choose auto or cpu", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_Tf32OnAProcessor_SaysWhoHasIt()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => TrainingPlanner.Choose(TrainingRuns.TinyModel, new TrainingConfig { Device = "cpu", Precision = TrainingPrecision.Tf32 }));

        Assert.Equal("The run asks for the precision tf32, which NVIDIA's cards have, and trains on cpu. Choose auto, fp32 or bf16.", thrown.Message);
    }

    [Fact]
    public void Choose_AskedForThreadsAndPrecision_MeasuresNothingAndTakesThem()
    {
        var plan = TrainingPlanner.Choose(TrainingRuns.TinyModel, new TrainingConfig { Device = "cpu", Threads = 1, Precision = TrainingPrecision.Bf16 });

        Assert.Equal(new TrainingPlan { Device = "cpu", Threads = 1, Precision = TrainingPrecision.Bf16 }, plan);
    }

    [Fact]
    public void Choose_Automatic_ChoosesWhatThisMachineHas()
    {
        var plan = TrainingPlanner.Choose(TrainingRuns.TinyModel, new TrainingConfig { Device = "cpu" });

        Assert.InRange(plan.Threads, 1, Environment.ProcessorCount);
        Assert.NotEqual(TrainingPrecision.Auto, plan.Precision);
    }
}

using Bunit;
using TinyLM.Lab.Components.Layout;
using TinyLM.Lab.Components.Pages.Device;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class DevicePageTests : ComponentContext
{
    [Fact]
    public void Device_Found_IsShownWithItsSpeed()
    {
        var page = Render<DevicePage>();

        Assert.Contains("AMD EPYC, 2 threads", page.Text(), StringComparison.Ordinal);
        Assert.Contains("210 billion operations a second", page.Text(), StringComparison.Ordinal);
        Assert.Equal("CPU", Render<DeviceChip>().Find("a").TextContent.Trim());
    }

    [Fact]
    public void NativeLibrary_ThatDoesNotLoad_IsToldInWords()
    {
        Devices.Current = FakeDeviceCatalog.Broken;

        var page = Render<DevicePage>();

        Assert.Contains("GLIBCXX_3.4.32 is missing. Update libstdc++", page.Text(), StringComparison.Ordinal);
        Assert.Equal("No device", Render<DeviceChip>().Find("a").TextContent.Trim());
    }

    [Fact]
    public void Worker_ThatHasNotAnswered_IsWaitedFor()
    {
        Devices.Current = null;

        Assert.Contains("Looking for devices", Render<DevicePage>().Text(), StringComparison.Ordinal);
    }
}

using Microsoft.Extensions.Configuration;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>Where a lab may listen.</summary>
public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("urls", "http://localhost:5080", true)]
    [InlineData("urls", "http://127.0.0.1:0;http://[::1]:5080", true)]
    [InlineData("urls", "http://unix:/lab.sock", true)]
    [InlineData("urls", "http://0.0.0.0:5080", false)]
    [InlineData("urls", "http://localhost:5080;http://*:5081", false)]
    [InlineData("urls", "http://[::]:5080", false)]
    [InlineData("urls", "http://192.168.1.5:5080", false)]
    [InlineData("urls", "http://lab.example:5080", false)] // Kestrel takes any name for all addresses
    [InlineData("http_ports", "8080", false)]
    [InlineData("Kestrel:Endpoints:Web:Url", "http://+:80", false)]
    [InlineData("Kestrel:Endpoints:Web:Url", "http://localhost:80", true)]
    public void Address_OfALabThatIsNotOpen_MustBeThisMachine(string key, string value, bool isAllowed)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        ListenAddresses.Check(configuration, new LabOpenness(ToNetwork: true));
        if (isAllowed) ListenAddresses.Check(configuration, new LabOpenness(ToNetwork: false));
        else Assert.Contains("--lan", Assert.Throws<InvalidDataException>(() => ListenAddresses.Check(configuration, new LabOpenness(ToNetwork: false))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5080", "http://*:5080")]
    [InlineData("http://127.0.0.1:5080;https://localhost:1", "http://127.0.0.1:5080;https://*:1")]
    [InlineData("http://192.168.1.5:80", "http://192.168.1.5:80")]
    public void Open_TakesLocalhostForAllAddresses_AndNumbersAsTheyStand(string urls, string opened) => Assert.Equal(opened, ListenAddresses.Open(urls));

    [Theory]
    [InlineData("http://[::]:5080")]
    [InlineData("http://0.0.0.0:5080")]
    public void Reach_OfEverywhere_BeginsWithThisMachine(string url) => Assert.Equal("http://localhost:5080", ListenAddresses.Reach([url])[0]);

    [Fact]
    public void Reach_OfOneAddress_IsThatAlone() => Assert.Equal(["http://192.168.1.5:80"], ListenAddresses.Reach(["http://192.168.1.5:80"]));
}

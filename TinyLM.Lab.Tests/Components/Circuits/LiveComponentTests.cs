using System.Threading.Channels;
using Bunit;
using Microsoft.AspNetCore.Components.Rendering;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Circuits;

public sealed class LiveComponentTests : ComponentContext
{
    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_WhileConnected_HappensAgainAndAgain()
    {
        var component = Render<Diary>().Instance;

        string[] happened = [await component.NextAsync(), await component.NextAsync(), await component.NextAsync()];

        Assert.Equal(["refreshed", "refreshed", "refreshed"], happened);
    }

    [Fact]
    public async Task CallInFlight_WhenTheConnectionDrops_IsCutOffAndTheComponentGoesOnAfterwards()
    {
        var page = Render<Diary>();
        var component = page.Instance;
        component.Hangs = true;
        await component.WaitForAsync("hangs");

        await page.InvokeAsync(Link.DisconnectAsync);
        Assert.Equal("cut off", await component.NextAsync());
        Assert.Equal("reconnected", await component.NextAsync());
        component.Hangs = false;
        await page.InvokeAsync(Link.Connect);

        await component.WaitForAsync("refreshed");
    }

    [Fact]
    public async Task Dispose_DuringACallThatNeverReturns_Ends()
    {
        var page = Render<Diary>();
        var component = page.Instance;
        component.Hangs = true;
        await component.WaitForAsync("hangs");

        await page.InvokeAsync(() => component.DisposeAsync().AsTask());

        Assert.Equal("cut off", await component.NextAsync());
    }

    /// <summary>Writes down what happens to it.</summary>
    private sealed class Diary : LiveComponent
    {
        private readonly Channel<string> _happened = Channel.CreateUnbounded<string>();

        public bool Hangs { get; set; }

        protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(5);

        public ValueTask<string> NextAsync() => _happened.Reader.ReadAsync(Cancellation);

        public async Task WaitForAsync(string expected)
        {
            while (await NextAsync() != expected)
            {
                // whatever came before
            }
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, "diary");

        protected override void OnReconnected() => Write("reconnected");

        protected override async Task RefreshAsync(CancellationToken cancellationToken)
        {
            if (Hangs)
            {
                Write("hangs");
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    Write("cut off");
                }
            }

            Write("refreshed");
        }

        private void Write(string what) => _happened.Writer.TryWrite(what);
    }
}

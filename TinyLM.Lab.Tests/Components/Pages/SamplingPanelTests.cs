using Bunit;
using TinyLM.Lab.Components.Pages.Run;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class SamplingPanelTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Generate_Clicked_WritesTokenByToken()
    {
        using var gate = new SemaphoreSlim(0);
        Models.Gate = gate;
        var panel = Open();

        panel.Button("Generate").Click();
        panel.WaitForAssertion(() => Assert.Equal("Once upon a time there", Output(panel)), s_patience);
        gate.Release();
        panel.WaitForAssertion(() => Assert.Equal("Once upon a time there was", Output(panel)), s_patience);
        gate.Release(3);

        panel.WaitForAssertion(() => Assert.Contains("5 tokens", panel.Text(), StringComparison.Ordinal), s_patience);
        Assert.Contains("the model ended the text", panel.Text(), StringComparison.Ordinal);
        Assert.True(panel.HasButton("Generate"));
    }

    [Fact]
    public void Stop_Clicked_KeepsWhatWasWritten()
    {
        using var gate = new SemaphoreSlim(0);
        Models.Gate = gate;
        var panel = Open();

        panel.Button("Generate").Click();
        panel.WaitForAssertion(() => Assert.True(panel.HasButton("Stop")), s_patience);
        panel.WaitForAssertion(() => Assert.EndsWith("there", Output(panel), StringComparison.Ordinal), s_patience);
        panel.Button("Stop").Click();

        panel.WaitForAssertion(() => Assert.Contains("stopped", panel.Text(), StringComparison.Ordinal), s_patience);
        Assert.Contains("1 token ·", panel.Text(), StringComparison.Ordinal);
        Assert.Equal("Once upon a time there", Output(panel));
    }

    [Fact]
    public void Panel_OpenedAgain_FindsPromptAndTextAsTheyWere()
    {
        var first = Open();
        first.Field("Prompt").Input("The old tree");
        first.Button("Generate").Click();
        first.WaitForAssertion(() => Assert.Contains("the model ended the text", first.Text(), StringComparison.Ordinal), s_patience);

        var second = Open();

        Assert.Equal("The old tree", second.Field("Prompt").GetAttribute("value") ?? second.Field("Prompt").TextContent);
        Assert.Equal("The old tree there was a fox.", Output(second));
    }

    [Fact]
    public void Settings_Changed_ReachTheModel()
    {
        var panel = Open();

        panel.Field("Longest text (tokens)").Input("40");
        panel.Field("Top-k").Input("12");
        panel.Field("Top-p").Input("0.9");
        panel.Find("input[type=range]").Input("0");
        panel.FindAll("input[type=checkbox]")[0].Change(false);
        panel.Field("Seed").Input("77");
        panel.Button("Generate").Click();

        panel.WaitForAssertion(() => Assert.Single(Models.Requests), s_patience);
        var (model, request) = Models.Requests[0];
        var (prompt, settings) = (request.Prompt, request.Settings);
        Assert.Null(model.Step);
        Assert.Equal("Once upon a time", prompt);
        Assert.Equal((40, 12, 0.9, 0.0, 77ul), (settings.MaxTokens, settings.TopK, settings.TopP, settings.Temperature, settings.Seed));
    }

    [Fact]
    public void Setting_BreakingARule_IsToldAndHoldsBack()
    {
        var panel = Open();

        panel.Field("Top-p").Input("1.5");

        Assert.Contains("Top-p is 1.5; it must be above 0 and at most 1", panel.Text(), StringComparison.Ordinal);
        Assert.True(panel.Button("Generate").HasAttribute("disabled"));
    }

    [Fact]
    public void Checkpoint_Damaged_IsToldInWords()
    {
        Models.Refusal = new ModelUnavailableException("The checkpoint at step 500 is damaged: model.safetensors does not match its sum. Choose another one.");
        var panel = Open();

        panel.Button("Generate").Click();

        panel.WaitForAssertion(() => Assert.Contains("model.safetensors does not match its sum. Choose another one.", panel.Text(), StringComparison.Ordinal), s_patience);
        Assert.True(panel.HasButton("Generate"));
    }

    private static string Output(IRenderedComponent<SamplingPanel> panel) => panel.Find("article").TextContent.TrimEnd();

    private IRenderedComponent<SamplingPanel> Open() => Render<SamplingPanel>(parameters => parameters
        .Add(panel => panel.RunId, "r")
        .Add(panel => panel.Checkpoints, [TestRuns.Checkpoint(250), TestRuns.Checkpoint(500)]));
}

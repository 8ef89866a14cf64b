using Bunit;
using TinyLM.Lab.Components.Pages.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class ModelsPageTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Models_WithoutAny_SayWhatCanBeTakenIn()
    {
        var page = Render<ModelsPage>();

        Assert.Contains("No model was taken in yet.", page.Text(), StringComparison.Ordinal);
        Assert.Contains("llama2.c (legacy or version 1)", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_AreListedWithWhatTheyAre()
    {
        ImportedModels.Models.Add(FakeModelLibrary.Model("a", "stories"));
        ImportedModels.Models.Add(FakeModelLibrary.Model("b", "ours", ModelFamily.Gpt2) with { TokenizerProblem = "No tokenizer came with it." });

        var page = Render<ModelsPage>();

        Assert.Equal(2, page.FindAll(".cards li").Count);
        Assert.Contains("260k parameters", page.Text(), StringComparison.Ordinal);
        Assert.Contains("llama2.c, version 1", page.Text(), StringComparison.Ordinal);
        Assert.Contains("model/b", page.Text(), StringComparison.Ordinal);
        Assert.Contains("writes ids. No tokenizer came with it.", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Path_TakenIn_IsListed_AndARefusalIsToldInWords()
    {
        var page = Render<ModelsPage>();

        Submit(page, "/models/stories260K.bin");
        page.WaitForAssertion(() => Assert.Contains("“stories260K.bin” is in the lab", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Single(page.FindAll(".cards li"));

        ImportedModels.Refusal = "/poem.txt begins with the bytes 54776f20, and is no model that this engine reads.";
        Submit(page, "/poem.txt");
        page.WaitForAssertion(() => Assert.Contains("is no model that this engine reads", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Equal([("/models/stories260K.bin", null), ("/poem.txt", null)], ImportedModels.Imported);
    }

    private static void Submit(IRenderedComponent<ModelsPage> page, string path)
    {
        page.Find("form input").Input(path);
        page.Find("form").Submit();
    }
}

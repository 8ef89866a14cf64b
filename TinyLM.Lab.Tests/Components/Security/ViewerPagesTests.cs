using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components;
using TinyLM.Lab.Library;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Security;

/// <summary>Every page as a viewer has it, every button of it pressed: nothing changes, and nothing is offered that would be refused.</summary>
public sealed class ViewerPagesTests : ComponentContext
{
    private readonly List<string> _changes = [];
    private readonly List<string> _refused = [];

    public ViewerPagesTests()
    {
        Watch<IRunService>();
        Watch<IRunQueueService>();
        Watch<ICheckpointCleaner>();
        Watch<ICorpusLibrary>();
        Watch<ITokenizerLibrary>();
        Watch<ITokenizerTrainings>();
        Watch<IModelLibrary>();
        Watch<IPresetLibrary>();
        Watch<IStudioStore>();
        Watch<ILogDirectories>();
        foreach (var status in Enum.GetValues<RunStatus>()) Runs.Add(TestRuns.Summary($"{status}", status));
        Runs.Add(TestRuns.Summary("gone", RunStatus.Completed));
        _ = Runs.DeleteAsync("gone", CancellationToken.None);
        Library.Add("own.txt", "one\ntwo");
        Presets.Save("mine", RunPresets.Quick.Spec);
        ImportedModels.Models.Add(FakeModelLibrary.Model("m", "a model"));
        Store.Save(new StudioTree { Id = "t", Name = "a tree" });
        Store.Save(TinyLM.Lab.Studio.PromptTemplates.All[0] with { Id = "p", Name = "a prompt" });
        Trainings.Start("training", new TinyLM.Model.Data.TokenizerTrainingSettings());
    }

    /// <summary>All pages, by their types.</summary>
    public static TheoryData<string> Pages => [.. typeof(RunCommands).Assembly.GetTypes().Where(type => type.IsDefined(typeof(RouteAttribute), inherit: false)).Select(type => type.FullName!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_OfAViewer_OffersNothingThatIsRefused(string page)
    {
        Become(Role.Viewer);

        PressEverything(page);

        Assert.Empty(_changes);
        Assert.Empty(_refused);
    }

    /// <summary>The same walk does change things where it may: so it would notice.</summary>
    [Theory]
    [InlineData("TinyLM.Lab.Components.Pages.Home.HomePage", "StartAsync")]
    [InlineData("TinyLM.Lab.Components.Pages.Run.RunPage", "PauseAsync", "ResumeAsync", "SaveAsync", "StopAsync", "ChangeNotesAsync")]
    public void SamePresses_OfTheTeacher_DoChangeTheLab(string page, params string[] expected)
    {
        PressEverything(page);

        Assert.Empty(expected.Select(method => $"IRunService.{method}").Except(_changes));
        Assert.Empty(_refused);
    }

    private void Watch<T>()
        where T : class => Services.AddScoped(provider => WatchedService<T>.Before(
            Guard<T>.Before(provider.GetRequiredKeyedService<T>(Guarding.Inside), Visitor, provider.GetRequiredService<Allowances>()), _changes, _refused));

    private void PressEverything(string page)
    {
        var type = typeof(RunCommands).Assembly.GetType(page)!;
        foreach (var id in IdsOf(type))
        {
            var parameters = type.GetProperties().Where(property => property.Name.EndsWith("Id", StringComparison.Ordinal) && property.PropertyType == typeof(string) && property.IsDefined(typeof(ParameterAttribute), inherit: false)).ToDictionary(property => property.Name, object (_) => id);
            var drawn = Render<DynamicComponent>(dynamic => dynamic.Add(one => one.Type, type).Add(one => one.Parameters, parameters));
            var pressed = 0;
            for (var i = 0; i < drawn.FindAll("button:not([disabled])").Count && pressed++ < 60; i++)
            {
                Press(() => drawn.FindAll("button:not([disabled])")[i]);
                for (var k = 0; k < Popovers.FindAll("[role=menuitem]").Count && k < 20; k++)
                {
                    Press(() => Popovers.FindAll("[role=menuitem]")[k]);
                    PressDialogs();
                    if (Popovers.FindAll("[role=menuitem]").Count == 0) Press(() => drawn.FindAll("button:not([disabled])")[i]); // the menu closes with each choice
                }
                PressDialogs();
            }
        }
    }

    private void PressDialogs()
    {
        for (var left = 5; left > 0 && Dialogs.FindAll("button") is { Count: > 0 } buttons; left--) Press(() => buttons[^1]);
    }

    /// <summary>Pages redraw while they are walked through, so an element may be gone or have no handler left.</summary>
    private static void Press(Func<IElement> find)
    {
        try
        {
            find().Click();
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or MissingEventHandlerException or Bunit.Rendering.UnknownEventHandlerIdException)
        {
            return;
        }
    }

    private List<string> IdsOf(Type page) => page.Name switch
    {
        "RunPage" => Runs.List().Select(run => run.Id).ToList(),
        "CorpusPage" => ["corpus-1"],
        "VocabularyPage" => ["rhyme"],
        _ => ["x"],
    };
}

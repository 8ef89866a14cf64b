using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using TinyLM.Lab.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Components.Layout;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A page on its own: MudBlazor and charts render, the lab behind is fake, the browser is connected.</summary>
public abstract class ComponentContext : BunitContext, IAsyncLifetime
{
    private IRenderedComponent<MudPopoverProvider>? _popovers;
    private IRenderedComponent<MudDialogProvider>? _dialogs;
    private IRenderedComponent<MudSnackbarProvider>? _snackbars;

    /// <summary>Registers the fakes.</summary>
    protected ComponentContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<IRunService>(Runs);
        Services.AddSingleton<IRunQueueService>(Runs);
        Services.AddSingleton<ICheckpointCleaner>(Cleaner);
        Services.AddSingleton<ILawFitter, LawFitter>();
        Services.AddSingleton<IPresetLibrary>(Presets);
        Services.AddSingleton<ICorpusLibrary>(Library);
        Services.AddSingleton<ITokenizerLibrary>(Tokenizers);
        Services.AddSingleton<ITokenizerTrainings>(Trainings);
        Services.AddSingleton<IFertilityMeter>(new FakeFertilityMeter(Library));
        Services.AddSingleton<IModelHost>(Models);
        Services.AddSingleton<IModelLibrary>(ImportedModels);
        Services.AddSingleton<IDeviceCatalog>(Devices);
        Services.AddSingleton<IModelInspector>(_ => new ModelInspector(Models, new SampleTexts(new LabDirectory("nowhere"), Runs), new ModelHostOptions()));
        Services.AddSingleton<ITrainingTexts>(Texts);
        Services.AddScoped<HeatDrawing>();
        Services.AddSingleton<IRunEstimator>(new FakeRunEstimator());
        Services.AddSingleton<IStartModel>(new FakeStartModel());
        Services.AddSingleton<SamplingSessions>();
        Services.AddSingleton<IStudioStore>(Store);
        Services.AddSingleton<StudioSessions>();
        Services.AddScoped<RunCommands>();
        Services.AddScoped<WritingTurn>();
        Services.AddSingleton<ILogDirectories, LogDirectories>();
        Services.AddSingleton(new LabLimits());
        Services.GuardForVisitors();
        Services.AddScoped(_ => Visitor);
        Become(Role.Teacher);
        Services.AddSingleton(Audience);
        Link = new CircuitLink(Audience);
        Services.AddSingleton(Link);
        RenderTree.Add<CascadingValue<Palette>>(value => value.Add(cascading => cascading.Value, LabTheme.PaletteOf(dark: false)));
        Link.Connect();
    }

    /// <summary>The connection to the browser.</summary>
    protected CircuitLink Link { get; }

    /// <summary>Who looks at the page: the teacher, unless a test says otherwise.</summary>
    protected Visitor Visitor { get; } = new();

    /// <summary>Makes the page another person's.</summary>
    protected void Become(Role role, bool isLimited = false) => Visitor.Become(Visitor.Principal(role, "test", isLimited));

    /// <summary>Who is connected.</summary>
    protected Audience Audience { get; } = new();

    /// <summary>The runs.</summary>
    protected FakeRunService Runs { get; } = new();

    /// <summary>Old checkpoints.</summary>
    protected FakeCheckpointCleaner Cleaner { get; } = new();

    /// <summary>What is saved in the studio.</summary>
    protected FakeStudioStore Store { get; } = new();

    /// <summary>The corpora.</summary>
    protected FakeCorpusLibrary Library { get; } = new();

    /// <summary>The saved presets.</summary>
    protected FakePresetLibrary Presets { get; } = new();
    /// <summary>The tokenizers.</summary>
    protected FakeTokenizerLibrary Tokenizers { get; } = new();

    /// <summary>The trainings of tokenizers.</summary>
    protected FakeTokenizerTrainings Trainings { get; } = new();

    /// <summary>The models.</summary>
    protected FakeModelHost Models { get; } = new();

    /// <summary>The imported models.</summary>
    private protected FakeModelLibrary ImportedModels { get; } = new();

    /// <summary>What runs read.</summary>
    protected FakeTrainingTexts Texts { get; } = new();

    /// <summary>The devices.</summary>
    protected FakeDeviceCatalog Devices { get; } = new();

    /// <summary>Where opened menus and lists show up.</summary>
    protected IRenderedComponent<MudPopoverProvider> Popovers => _popovers ??= Render<MudPopoverProvider>();

    /// <summary>Where dialogs show up.</summary>
    protected IRenderedComponent<MudDialogProvider> Dialogs => _dialogs ??= Render<MudDialogProvider>();

    /// <summary>Where messages in the corner show up.</summary>
    protected IRenderedComponent<MudSnackbarProvider> Snackbars => _snackbars ??= Render<MudSnackbarProvider>();

    /// <summary>The address that the page is at.</summary>
    protected string Address => Services.GetRequiredService<NavigationManager>().Uri;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        _ = (Popovers, Dialogs, Snackbars);
        return ValueTask.CompletedTask;
    }
}

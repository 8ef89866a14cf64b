using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>What stands between event handlers and the lab. A new service, or a new member that viewers may call, makes a test fail until somebody decides.</summary>
public sealed class GuardTests(RealLab lab) : IClassFixture<RealLab>
{
    private static readonly Type[] s_guarded =
        [typeof(IRunService), typeof(IRunQueueService), typeof(ICheckpointCleaner), typeof(ICorpusLibrary), typeof(ITokenizerLibrary), typeof(ITokenizerTrainings), typeof(IModelLibrary), typeof(IPresetLibrary), typeof(IStudioStore), typeof(ILogDirectories)];

    /// <summary>Of these nothing that the lab keeps can be changed, or they ask by themselves.</summary>
    private static readonly Type[] s_harmless =
    [
        typeof(IModelHost), // counts what each person lets it write
        typeof(IModelInspector), typeof(ITrainingTexts), typeof(IFertilityMeter), typeof(ILawFitter), typeof(IRunEstimator), typeof(IStartModel), typeof(IDeviceCatalog), // read and compute
        typeof(RunCommands), // acts through guarded services
        typeof(SamplingSessions), typeof(StudioSessions), // playgrounds in memory, shared by all; WritingTurn counts
        typeof(WritingTurn), typeof(Visitor), typeof(LabLimits), typeof(CircuitLink), typeof(Audience), typeof(HeatDrawing), // of the circuit
    ];

    /// <summary>Everything of the guarded services that viewers may call.</summary>
    private static readonly string[] s_open =
    [
        "ICheckpointCleaner.PreviewAsync", "ICheckpointCleaner.get_Policy", "ICorpusLibrary.Find", "ICorpusLibrary.List", "ICorpusLibrary.MeasureEntropyAsync", "ICorpusLibrary.PreviewAsync", "IModelLibrary.Find", "IModelLibrary.List", "IPresetLibrary.List",
        "IRunQueueService.get_State", "IRunService.Find", "IRunService.GetEstimate", "IRunService.GetSpec", "IRunService.List", "IRunService.ListDeleted", "IRunService.OpenFeed", "IStudioStore.FindTree", "IStudioStore.ListPrompts", "IStudioStore.ListTrees",
        "ITokenizerLibrary.CountAsync", "ITokenizerLibrary.ExportAsync", "ITokenizerLibrary.ExportChoicesAsync", "ITokenizerLibrary.Find", "ITokenizerLibrary.List", "ITokenizerLibrary.OpenAsync", "ITokenizerTrainings.List", "ITokenizerTrainings.Read",
    ];

    [Fact]
    public void Services_ThatComponentsGet_AreGuardedOrKnownToBeHarmless()
    {
        var injected = from type in typeof(RunCommands).Assembly.GetTypes()
                       where typeof(IComponent).IsAssignableFrom(type)
                       from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                       where property.IsDefined(typeof(InjectAttribute)) && property.PropertyType.Namespace!.StartsWith("TinyLM", StringComparison.Ordinal)
                       select property.PropertyType;

        Assert.Empty(injected.Distinct().Except(s_guarded).Except(s_harmless));
    }

    [Fact]
    public void Members_ThatViewersMayCall_AreThoseThatWereDecidedOn()
    {
        var open = from service in s_guarded from method in service.GetMethods() where method.IsDefined(typeof(OpenToViewersAttribute)) select $"{service.Name}.{method.Name}";

        Assert.Equal(s_open, open.Order(StringComparer.Ordinal));
    }

    /// <summary>Each member of each service as a circuit gets it, called by each role: the guard answers before the lab is asked.</summary>
    [Theory]
    [InlineData(Role.None)]
    [InlineData(Role.Viewer)]
    public void Members_CalledByARoleThatMayNot_AreRefusedBeforeTheLabIsAsked(Role role)
    {
        foreach (var (service, method) in from service in s_guarded from method in service.GetMethods() select (service, method))
        {
            using var scope = lab.Services.CreateScope();
            scope.ServiceProvider.GetRequiredService<Visitor>().Become(Visitor.Principal(role, "p", isLimited: true));
            var guarded = scope.ServiceProvider.GetRequiredService(service);

            if (role == Role.Viewer && s_open.Contains($"{service.Name}.{method.Name}")) continue;
            Assert.Throws<NotAllowedException>(() => method.Invoke(guarded, BindingFlags.DoNotWrapExceptions, null, [.. method.GetParameters().Select(DefaultOf)], null));
        }
    }

    [Fact]
    public void Scope_OfWhichNobodyKnowsWhose_MayNothing()
    {
        using var scope = lab.Services.CreateScope();

        Assert.Throws<NotAllowedException>(() => scope.ServiceProvider.GetRequiredService<IRunService>().List());
    }

    [Fact]
    public async Task Teacher_Starts_AsOftenAsIsAllowedToOne()
    {
        var (changes, refused) = (new List<string>(), new List<string>());
        var teacher = new Visitor();
        teacher.Become(Visitor.Principal(Role.Teacher, "t", isLimited: true));
        var runs = Guard<IRunService>.Before(WatchedService<IRunService>.Before(new FakeRunService(), changes, refused), teacher, new Allowances(new LabLimits { StartsPerHour = 3 }, new ManualClock()));

        await runs.StartAllAsync([TinyLM.Model.Runs.RunPresets.Quick.Spec, TinyLM.Model.Runs.RunPresets.Quick.Spec], TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<LimitReachedException>(() => runs.StartAllAsync([TinyLM.Model.Runs.RunPresets.Quick.Spec, TinyLM.Model.Runs.RunPresets.Quick.Spec], TestContext.Current.CancellationToken));
        Assert.Equal(["IRunService.StartAllAsync"], changes);
        Assert.Empty(refused);
    }

    private static object? DefaultOf(ParameterInfo parameter) => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;
}

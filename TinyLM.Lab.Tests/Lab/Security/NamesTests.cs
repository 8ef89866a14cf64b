using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>Hostile names in every place that takes a name or an id: nothing outside the data directory changes, and nothing outside is read.</summary>
public sealed class NamesTests : IAsyncLifetime
{
    private const string Secret = "a secret of somebody else";

    private readonly RealLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Top => Path.GetDirectoryName(_lab.Directory.Path)!;

    public async ValueTask InitializeAsync()
    {
        var outside = Directory.CreateDirectory(Path.Combine(Top, "outside")).FullName;
        foreach (var name in (string[])["run.json", "events.jsonl", "corpus.json", "documents.txt", "tokenizer.json", "model.json", "x.json"]) File.WriteAllText(Path.Combine(outside, name), Secret);
        File.WriteAllText(Path.Combine(Top, "outside.json"), Secret);
        await _lab.InitializeAsync();
        await Inside<IRunQueueService>().PauseAsync(isPaused: true, Cancel); // runs are asked for here and never trained
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Names_ThroughEveryService_ChangeNothingOutside()
    {
        var before = FolderPicture.Of(Top, _lab.Directory.Path);
        foreach (var (i, name) in HostileNames.Take(TrustCounts.Of(200, 2_000)).Index())
        {
            var told = new List<string>();
            foreach (var use in Uses(name, i)) told.Add(await TryAsync(use, name));
            Assert.DoesNotContain(told, words => words.Contains(Secret, StringComparison.Ordinal));
        }

        Assert.Equal(before, FolderPicture.Of(Top, _lab.Directory.Path));
    }

    [Fact]
    public async Task Names_InEveryAddress_ReadNothingOutside()
    {
        var before = FolderPicture.Of(Top, _lab.Directory.Path);
        using var client = new HttpClient { BaseAddress = _lab.Address };
        foreach (var name in HostileNames.Take(TrustCounts.Of(200, 2_000)).Select(HostileNames.Clean))
        {
            var id = Uri.EscapeDataString(name);
            foreach (var (method, path) in (IEnumerable<(string, string)>)
            [
                ("GET", $"/api/runs/{id}"), ("GET", $"/api/runs/{id}/spec"), ("GET", $"/api/runs/{id}/metrics"), ("GET", $"/api/runs/{id}/metrics.csv"), ("GET", $"/api/runs/{id}/events.jsonl"), ("GET", $"/api/runs/{id}/tensorboard"), ("DELETE", $"/api/runs/{id}"),
                ("POST", $"/api/runs/{id}/stop"), ("POST", $"/api/queue/{id}/move?place=0"), ("GET", $"/download?model=run/{id}&format=huggingface"), ("GET", $"/download?model=model/{id}&format=huggingface"), ("GET", $"/v1/models/{id}"), ("GET", $"/runs/{id}"), ("GET", $"/css/{id}"), ("GET", $"/{id}"),
            ])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                using var answer = await client.SendAsync(request, Cancel);
                Assert.True((int)answer.StatusCode < 500, $"{method} {path}: {answer.StatusCode}");
                Assert.DoesNotContain(Secret, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            }
        }

        Assert.Equal(before, FolderPicture.Of(Top, _lab.Directory.Path));
    }

    /// <summary>What the tests above look for is what a careless writer would leave.</summary>
    [Fact]
    public void NamesAsPaths_OfACarelessWriter_AreNoticed()
    {
        var before = FolderPicture.Of(Top, _lab.Directory.Path);
        foreach (var name in HostileNames.Take(200))
        {
            try
            {
                var path = Path.GetFullPath(Path.Combine(_lab.Directory.PresetsPath, "..", name + ".json"));
                if (path.StartsWith(Top + Path.DirectorySeparatorChar, StringComparison.Ordinal)) File.WriteAllText(path, "written"); // the machine itself is spared
            }
            catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or NotSupportedException)
            {
                continue; // this system cannot even write it
            }
        }

        Assert.NotEqual(before, FolderPicture.Of(Top, _lab.Directory.Path));
    }

    private IEnumerable<Func<Task>> Uses(string name, int number)
    {
        var (runs, corpora, tokenizers, models) = (Inside<IRunService>(), Inside<ICorpusLibrary>(), Inside<ITokenizerLibrary>(), Inside<IModelLibrary>());
        yield return () => Task.FromResult((runs.Find(name), runs.OpenFeed(name)));
        yield return () => Task.FromResult(runs.GetSpec(name));
        foreach (var command in (Func<string, CancellationToken, Task>[])[runs.PauseAsync, runs.ResumeAsync, runs.StopAsync, runs.DiscardAsync, runs.SaveAsync, runs.DeleteAsync, runs.RestoreAsync, runs.EraseAsync]) yield return () => command(name, Cancel);
        yield return () => runs.ChangeNotesAsync(name, notes => notes with { Name = name }, Cancel);
        if (number % 5 == 0) yield return () => RunOfAsync(runs, name);
        yield return () => corpora.PreviewAsync(name, 0, 1, 100, Cancel);
        yield return () => corpora.DeleteAsync(name, Cancel);
        if (number % 5 == 0) yield return () => corpora.AddAsync(name, new MemoryStream(Encoding.UTF8.GetBytes("a text")), null, Cancel);
        yield return () => tokenizers.OpenAsync(name, Cancel);
        foreach (var command in (Func<string, CancellationToken, Task>[])[tokenizers.DeleteAsync, tokenizers.RestoreAsync]) yield return () => command(name, Cancel);
        yield return () => tokenizers.RenameAsync(name, name, Cancel);
        yield return () => tokenizers.AddAsync(name, [new TokenizerUpload(name, new MemoryStream([1, 2, 3]))], new TokenizerImportOptions(), Cancel);
        yield return () => Task.FromResult(models.Find(name));
        yield return () => models.DeleteAsync(name, Cancel);
        yield return () => models.ImportAsync([new UploadedFile(name, _ => new MemoryStream([1, 2, 3]))], null, Cancel);
        yield return () => Inside<IModelHost>().BorrowAsync(ModelReference.OfRun(name), Cancel);
        yield return () => Inside<IModelHost>().BorrowAsync(ModelReference.OfImported(name), Cancel);
        foreach (var use in StudioUses(name)) yield return use;
    }

    private IEnumerable<Func<Task>> StudioUses(string name)
    {
        var (presets, studio, trainings) = (Inside<IPresetLibrary>(), Inside<IStudioStore>(), Inside<ITokenizerTrainings>());
        yield return () => Task.FromResult(presets.Save(name.Length > 80 ? name[..80] : name, RunPresets.Quick.Spec));
        yield return () => Run(() => presets.Delete(name));
        yield return () => Task.FromResult(studio.FindTree(name));
        yield return () => Run(() => studio.Save(new StudioTree { Id = name, Name = name }));
        yield return () => Run(() => studio.Save(PromptTemplates.All[0] with { Id = name, Name = name }));
        yield return () => Run(() => studio.DeleteTree(name));
        yield return () => Run(() => studio.DeletePrompt(name));
        yield return () => Run(() => trainings.Cancel(name));
        yield return () => Task.FromResult(trainings.Start(name, new TokenizerTrainingSettings { Corpus = name }));
    }

    private static async Task RunOfAsync(IRunService runs, string name)
    {
        var quick = RunPresets.Quick.Spec;
        var run = await runs.StartAsync(quick with { Name = name, Group = new GroupSpec { Id = "g", Name = name, Settings = [] } }, Cancel);
        await runs.ChangeNotesAsync(run.Id, notes => notes with { Name = name, Tags = RunTags.Parse(name) }, Cancel);
        await runs.StopAsync(run.Id, Cancel);
        await runs.DeleteAsync(run.Id, Cancel);
        await runs.EraseAsync(run.Id, Cancel);
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private T Inside<T>()
        where T : notnull => _lab.Services.GetRequiredKeyedService<T>(Guarding.Inside);

    /// <summary>What a use says when it refuses; anything but words for a person is a mistake.</summary>
    private static async Task<string> TryAsync(Func<Task> use, string name)
    {
        try
        {
            await use();
            return "";
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException or InvalidSpecException or InvalidOperationException or IOException or CorpusFormatException or TokenizerFormatException or CheckpointException or ModelUnavailableException or InvalidDataException)
        {
            return e.Message;
        }
        catch (Exception e)
        {
            Assert.Fail($"'{name}' came to {e}");
            throw;
        }
    }
}

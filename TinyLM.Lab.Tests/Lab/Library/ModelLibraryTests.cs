using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Library;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests.Lab.Library;

/// <summary>Models that come from a browser, on disk.</summary>
public sealed class ModelLibraryTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly ModelLibrary _library;

    public ModelLibraryTests() => _library = new ModelLibrary(_temp.Directory, TimeProvider.System, NullLogger<ModelLibrary>.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Upload_OfAModelAndItsTokenizer_KeepsBothAndTellsHowFarItIs()
    {
        var model = File.ReadAllBytes(SharedData.Path("checkpoints", "stories260K", "stories260K.bin"));
        var tokenizer = File.ReadAllBytes(SharedData.Path("checkpoints", "stories260K", "tok512.bin"));
        var told = new List<long>();

        var info = await _library.ImportAsync([Uploaded("tok512.bin", tokenizer), Uploaded("stories260K.bin", model)], new Listener(told), Cancellation);

        Assert.Equal(("stories260K.bin", ModelFormat.Llama2cLegacy), (info.Source, info.Format));
        Assert.Null(info.TokenizerProblem);
        Assert.Equal(model.Length + tokenizer.Length, told[^1]);
        Assert.Equal(info.Id, Assert.Single(_library.List()).Id);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Upload_OfAFolderOfHuggingFace_IsOneModel()
    {
        var weights = TestWeights.Random(TrainingRuns.TinyLlama, 3);
        var file = new MemoryStream();
        HuggingFaceWeights.Write(file, weights);

        var info = await _library.ImportAsync(
            [Uploaded("config.json", System.Text.Encoding.UTF8.GetBytes(ConfigFile.ToJson(weights.Config, 0))), Uploaded("model.safetensors", file.ToArray())], null, Cancellation);

        Assert.Equal(ModelFormat.HuggingFace, info.Format);
        Assert.Equal(weights.Config, CheckpointStore.ReadWeights(_temp.Directory.FindModel(info.Id)!).Config);
    }

    [Fact]
    public async Task Upload_OfWhatIsNoModel_SaysWhyAndKeepsNothing()
    {
        var poem = Uploaded("poem.txt", "Two roads diverged in a yellow wood"u8.ToArray());

        Assert.Contains("poem.txt", await RefusalAsync(poem), StringComparison.Ordinal);
        Assert.Contains("'../poem.txt' is no file's name", await RefusalAsync(poem with { Name = "../poem.txt" }), StringComparison.Ordinal);
        Assert.Contains("3 files came without a config.json", await RefusalAsync(poem, poem with { Name = "b" }, poem with { Name = "c" }), StringComparison.Ordinal);
        Assert.Empty(_library.List());
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Upload_BrokenOff_KeepsNothing()
    {
        using var stopped = new CancellationTokenSource();
        var model = new UploadedFile("model.bin", _ => new AbandonedStream(stopped));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _library.ImportAsync([model], null, stopped.Token));

        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Delete_TakesTheModelAway()
    {
        var info = await _library.ImportAsync(SharedData.Path("checkpoints", "stories260K", "stories260K.bin"), null, Cancellation);

        await _library.DeleteAsync(info.Id, Cancellation);
        await _library.DeleteAsync("nothing", Cancellation);

        Assert.Empty(_library.List());
        Assert.Null(_library.Find(info.Id));
        Assert.Empty(Leftovers());
    }

    private static UploadedFile Uploaded(string name, byte[] content) => new(name, _ => new MemoryStream(content));

    private async Task<string> RefusalAsync(params UploadedFile[] files) =>
        (await Assert.ThrowsAsync<CheckpointException>(() => _library.ImportAsync(files, null, Cancellation))).Message;

    /// <summary>What stands in the models' folder besides models.</summary>
    private IEnumerable<string> Leftovers() =>
        Directory.Exists(_temp.Directory.ModelsPath) ? Directory.EnumerateFileSystemEntries(_temp.Directory.ModelsPath).Where(entry => Path.GetFileName(entry).Contains('.', StringComparison.Ordinal)) : [];

    private sealed class Listener(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }

    /// <summary>Gives some bytes, and then the person goes away.</summary>
    private sealed class AbandonedStream(CancellationTokenSource stopped) : MemoryStream(new byte[3_000_000])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > 0) await stopped.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}

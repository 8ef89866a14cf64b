using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Models;

/// <summary>What a run takes over from the model that it begins with.</summary>
public sealed class StartModelTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly CheckpointShelf _shelf;
    private readonly TokenizerLibrary _tokenizers;
    private readonly StartModel _start;

    public StartModelTests()
    {
        _shelf = new CheckpointShelf(_temp.Directory);
        _tokenizers = new TokenizerLibrary(_temp.Directory, new FakeCorpusLibrary(), TimeProvider.System, NullLogger<TokenizerLibrary>.Instance);
        _start = new StartModel(_shelf, _tokenizers);
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Checkpoint_BegunWith_GivesShapeAndItsOwnTokenizerOnce()
    {
        var folder = TestCheckpoint.Write(_temp.AddRun("r"), step: 40);
        var model = ModelReference.OfRun("r", 40);

        var spec = await _start.BeginWithAsync(RunPresets.Quick.Spec, model, TestContext.Current.CancellationToken);
        var again = await _start.BeginWithAsync(RunPresets.Quick.Spec, model, TestContext.Current.CancellationToken);

        Assert.Empty(spec.Validate());
        Assert.Equal(("run/r@40", TestCheckpoint.Config), (spec.StartFrom, spec.Model));
        Assert.Equal(spec.Tokenizer, again.Tokenizer);
        Assert.Equal(File.ReadAllBytes(CheckpointStore.TokenizerPath(folder)), File.ReadAllBytes(Path.Combine(_temp.Directory.TokenizersPath, spec.Tokenizer.Id!, "tokenizer.json"))); // else the worker refuses
        Assert.Equal(RunPresets.Quick.Spec.Training, spec.Training);
    }

    [Fact]
    public async Task ImportedModel_BegunWith_GivesShapeAndItsOwnTokenizer()
    {
        var library = new ModelLibrary(_temp.Directory, TimeProvider.System, NullLogger<ModelLibrary>.Instance);
        var imported = await library.ImportAsync(SharedData.Path("checkpoints", "stories260K", "stories260K.bin"), SharedData.Path("checkpoints", "stories260K", "tok512.bin"), TestContext.Current.CancellationToken);

        var spec = await _start.BeginWithAsync(RunPresets.Quick.Spec, ModelReference.OfImported(imported.Id), TestContext.Current.CancellationToken);

        Assert.Empty(spec.Validate());
        Assert.Equal(imported.Model, spec.Model);
        Assert.Equal(File.ReadAllBytes(CheckpointStore.TokenizerPath(Path.Combine(_temp.Directory.ModelsPath, imported.Id))), File.ReadAllBytes(Path.Combine(_temp.Directory.TokenizersPath, spec.Tokenizer.Id!, "tokenizer.json")));
    }

    [Fact]
    public async Task Checkpoint_ThatIsDamagedOrGone_IsToldInWords()
    {
        TestCheckpoint.Damage(TestCheckpoint.Write(_temp.AddRun("r"), step: 40));

        await Assert.ThrowsAsync<ModelUnavailableException>(() => _start.BeginWithAsync(RunPresets.Quick.Spec, ModelReference.OfRun("r", 40), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ModelUnavailableException>(() => _start.BeginWithAsync(RunPresets.Quick.Spec, ModelReference.OfRun("gone"), TestContext.Current.CancellationToken));
        Assert.Contains("There is no run 'gone'", Assert.Throws<InvalidSpecException>(() => StartModel.TakeShape(new RunSpec { StartFrom = "run/gone" }, _shelf)).Message, StringComparison.Ordinal);
        Assert.Contains("expected run/<id>", Assert.Throws<InvalidSpecException>(() => StartModel.TakeShape(new RunSpec { StartFrom = "gone" }, _shelf)).Message, StringComparison.Ordinal);
    }
}

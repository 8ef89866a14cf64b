using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Library;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Library;

public sealed class PresetLibraryTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly PresetLibrary _library;

    public PresetLibraryTests() => _library = new PresetLibrary(_temp.Directory, NullLogger<PresetLibrary>.Instance);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Saved_IsListedAgainByAnotherLab()
    {
        var saved = _library.Save("  ../Foxes ", RunPresets.Small.Spec);

        var listed = Assert.Single(new PresetLibrary(_temp.Directory, NullLogger<PresetLibrary>.Instance).List());

        Assert.Equal((saved.Id, "../Foxes", RunPresets.Small.Spec.ToJson()), (listed.Id, listed.Title, listed.Spec.ToJson()));
        Assert.Equal(_temp.Directory.PresetsPath, Path.GetDirectoryName(Assert.Single(Directory.GetFiles(_temp.Directory.Path, "own-*", SearchOption.AllDirectories))));
    }

    [Fact]
    public void Save_UnderATitleThatIsThere_ReplacesIt()
    {
        _library.Save("Foxes", RunPresets.Small.Spec);
        _library.Save("foxes", RunPresets.Quick.Spec);

        Assert.Equal("quick", Assert.Single(_library.List()).Spec.Preset);
    }

    [Fact]
    public void List_PassesOverDamagedFiles()
    {
        _library.Save("Foxes", RunPresets.Small.Spec);
        File.WriteAllText(Path.Combine(_temp.Directory.PresetsPath, "own-damaged.json"), "{");

        Assert.Single(_library.List());
        Assert.Throws<ArgumentException>(() => _library.Save(" ", RunPresets.Small.Spec));
    }

    [Theory]
    [InlineData("../../queue")]
    [InlineData("nothing")]
    public void Delete_OfNoPreset_DoesNothing(string id)
    {
        File.WriteAllText(_temp.Directory.QueuePath, "{}");

        _library.Delete(id);

        Assert.True(File.Exists(_temp.Directory.QueuePath));
    }
}

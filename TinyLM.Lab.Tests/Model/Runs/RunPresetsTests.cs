using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

public class RunPresetsTests
{
    public static TheoryData<string> Ids => [.. RunPresets.All.Select(preset => preset.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void EachPreset_BreaksNoRule(string id)
    {
        var preset = RunPresets.All.Single(known => known.Id == id);

        Assert.Empty(preset.Spec.Validate());
        Assert.Equal(id, preset.Spec.Preset);
    }
}

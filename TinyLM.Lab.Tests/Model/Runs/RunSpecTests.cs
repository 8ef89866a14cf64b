using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

public class RunSpecTests
{
    [Theory]
    [InlineData("{\n  \"training\": {\n    \"stepz\": 5\n  }\n}", "spec.json, line 3", "stepz")]
    [InlineData("{\"training\": {\"steps\": \"many\"}}", "spec.json, line 1", "$.training.steps")]
    [InlineData("{\"training\": {\"precision\": \"fp8\"}}", "spec.json, line 1", "$.training.precision")]
    [InlineData("{\"model\": {\"headCount\": 4, \"heads\": 4}}", "spec.json, line 1", "heads")]
    [InlineData("null", "spec.json", "found null")]
    [InlineData("{\"name\": ", "spec.json, line 1", "")]
    public void Parse_UnknownOrMalformedSettings_NamesFileAndPlace(string json, string place, string words)
    {
        var message = Assert.Throws<InvalidDataException>(() => RunSpec.Parse(json, "spec.json")).Message;

        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    /// <summary>A preset's file, damaged at random: it is read, and then judged by the rules, or refused by its name.</summary>
    [Property(MaxTest = 10_000)]
    public Property Parse_Damaged_IsReadOrRefused()
    {
        var sound = Encoding.UTF8.GetBytes(RunPresets.SmallLlama.Spec.ToJson());
        var change = from at in Gen.Choose(0, sound.Length - 1) from value in Gen.Elements<byte>(0, 32, 34, 44, 45, 46, 48, 57, 58, 91, 93, 101, 123, 125, 255) select (at, value);
        var some = from count in Gen.Choose(1, 4) from changes in change.ListOf(count) from length in Gen.Frequency((4, Gen.Constant(sound.Length)), (1, Gen.Choose(0, sound.Length))) select (changes, length);
        return Prop.ForAll(some.ToArbitrary(), damage =>
        {
            var bytes = sound.ToArray();
            foreach (var (at, value) in damage.changes) bytes[at] = value;
            try
            {
                RunSpec.Parse(Encoding.UTF8.GetString(bytes[..damage.length]), "spec.json").Validate();
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("spec.json", e.Message, StringComparison.Ordinal);
            }
        });
    }
}

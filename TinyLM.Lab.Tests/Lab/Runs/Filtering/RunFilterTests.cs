using FsCheck.Xunit;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Filtering;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Filtering;

public sealed class RunFilterTests
{
    /// <summary>A run of 4 layers of width 128, at a rate of 0.006, that reached 1.5.</summary>
    private static readonly RunFacts s_run = new(
        TestRuns.Summary("20260314-092653-ab12", RunStatus.Completed) with
        {
            Name = "Foxes at night",
            ValidationLoss = 1.5,
            Tags = RunTags.Parse("baseline, two words"),
            DiskBytes = 30_000_000,
            WallTime = 400,
            IsStarred = true,
        },
        RunPresets.Quick.Spec);

    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("loss<2 and layers>=4", true)]
    [InlineData("loss<2 and layers>4", false)]
    [InlineData("LOSS < 2 AND Layers >= 4", true)]
    [InlineData("loss<1 or layers=4", true)]
    [InlineData("loss<1 or layers=5", false)]
    [InlineData("loss>1 or loss>1 and loss>9", true)] // and binds closer than or
    [InlineData("(loss>1 or loss>1) and loss>9", false)]
    [InlineData("not loss>9", true)]
    [InlineData("not not loss>9", false)]
    [InlineData("not (loss>9 or layers=4)", false)]
    [InlineData("loss=1.5", true)]
    [InlineData("loss==1.5", true)]
    [InlineData("loss!=1.5", false)]
    [InlineData("loss<=1.5 loss>=1.5", true)] // side by side means and
    [InlineData("train<99", false)] // not known: no comparison holds
    [InlineData("not train<99", true)]
    [InlineData("lr=6e-3", true)]
    [InlineData("training.learningRate=0.006", true)]
    [InlineData("learningrate<1%", true)]
    [InlineData("storyBytes=16M", true)]
    [InlineData("disk>20MB and disk<1GB", true)]
    [InlineData("parameters>1M", true)]
    [InlineData("time>5min and time<1h", true)]
    [InlineData("foxes", true)]
    [InlineData("FOXES night", true)]
    [InlineData("\"night foxes\"", false)]
    [InlineData("\"foxes at\"", true)]
    [InlineData("ab12", true)]
    [InlineData("completed", true)]
    [InlineData("tag:base", true)]
    [InlineData("tag=base", false)]
    [InlineData("tag=baseline", true)]
    [InlineData("tag=\"two words\"", true)]
    [InlineData("tag!=baseline", false)]
    [InlineData("status=failed", false)]
    [InlineData("status!=failed", true)]
    [InlineData("starred=true and archived=false", true)]
    [InlineData("created>=2026-03-14 created<2026-03-15", true)]
    [InlineData("created>2026-03-14", false)]
    [InlineData("splitPattern=gpt2", true)]
    [InlineData("device=auto", true)]
    public void Filter_OfARun_HoldsOrNot(string filter, bool matches) => Assert.Equal(matches, RunFilter.Parse(filter).Matches(s_run));

    [Theory]
    [InlineData("layrs>=4", 0, "There is no field 'layrs'. Did you mean 'layers'?")]
    [InlineData("loss<2 and qqqqqqq>1", 11, "There is no field 'qqqqqqq'. Fields are loss,")]
    [InlineData("loss<two", 5, "'two' is not a number, and 'loss' is compared with one")]
    [InlineData("loss<", 5, "A value is missing after 'loss<'.")]
    [InlineData("<2", 0, "A field is missing before '<', as in loss<2.")]
    [InlineData("(loss<2", 0, "This '(' is not closed.")]
    [InlineData("loss<2)", 6, "This ')' closes nothing.")]
    [InlineData("()", 1, "Something is missing before ')'.")]
    [InlineData("loss<2 and", 10, "Something is missing at the end.")]
    [InlineData("not", 3, "Something is missing at the end.")]
    [InlineData("or loss<2", 0, "Something is missing before 'or'; to look for the word itself, write \"or\".")]
    [InlineData("\"foxes", 0, "The quotation mark is not closed.")]
    [InlineData("!foxes", 0, "'!' alone means nothing here")]
    [InlineData("name<foxes", 4, "'name' is a text and has no order")]
    [InlineData("created>yesterday", 8, "'yesterday' is not a day; write it as 2026-03-14.")]
    public void Filter_ThatIsNone_SaysWhatAndWhere(string filter, int position, string message)
    {
        var problem = Assert.Throws<FilterException>(() => RunFilter.Parse(filter));

        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(position, problem.Position);
    }

    [Fact]
    public void Filter_EverySettingOfASpec_IsAField()
    {
        foreach (var value in SpecValues.Of(RunPresets.Quick.Spec))
            Assert.True(RunFilter.Parse($"{value.Path}=\"{value.Text.Replace("\"", "", StringComparison.Ordinal)}\"").Matches(s_run) || value.Text.Contains('"', StringComparison.Ordinal), value.Path);
    }

    [Property(MaxTest = 300)]
    public void Filter_AnyText_IsReadOrRefusedInWords(string? text)
    {
        try
        {
            RunFilter.Parse(text).Matches(s_run);
        }
        catch (FilterException e)
        {
            Assert.NotEmpty(e.Message);
            Assert.InRange(e.Position, 0, text!.Length);
        }
    }

    [Fact]
    public void Listing_LeavesArchivedRunsOut_UnlessAskedForThem()
    {
        RunFacts[] runs = [Facts("a", 1), Facts("b", 2, isArchived: true)];

        Assert.Equal(["a"], Ids(RunListing.Of(runs, RunFilter.All, RunOrder.Newest, RunGrouping.None)));
        Assert.Equal(["b"], Ids(RunListing.Of(runs, RunFilter.Parse("archived=true"), RunOrder.Newest, RunGrouping.None)));
        Assert.Equal(["a", "b"], Ids(RunListing.Of(runs, RunFilter.Parse("archived=true or archived=false"), RunOrder.Newest, RunGrouping.None)));
    }

    [Fact]
    public void Listing_ByLoss_PutsUnknownAndNoNumbersLast()
    {
        RunFacts[] runs = [Facts("unknown", null), Facts("nan", double.NaN), Facts("worse", 2), Facts("better", 1)];

        Assert.Equal(["better", "worse", "unknown", "nan"], Ids(RunListing.Of(runs, RunFilter.All, RunOrder.Loss, RunGrouping.None)));
    }

    [Fact]
    public void Listing_ByTag_HasARunOfTwoTagsInBothGroups()
    {
        RunFacts[] runs = [Facts("a", 1, tags: "wide, deep"), Facts("b", 2)];

        var groups = RunListing.Of(runs, RunFilter.All, RunOrder.Newest, RunGrouping.Tag);

        Assert.Equal(["deep", "wide", "no tag"], groups.Select(group => group.Name));
        Assert.Equal(["a", "a", "b"], Ids(groups));
    }

    private static RunFacts Facts(string id, double? loss, bool isArchived = false, string tags = "") => new(
        TestRuns.Summary(id, RunStatus.Completed) with { ValidationLoss = loss, IsArchived = isArchived, Tags = RunTags.Parse(tags) }, RunPresets.Quick.Spec);

    private static IEnumerable<string> Ids(IReadOnlyList<RunGroup> groups) => groups.SelectMany(group => group.Runs).Select(run => run.Id);
}

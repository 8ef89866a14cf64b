using TinyLM.Lab.Hosting;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public sealed class SampleTextsTests
{
    private static readonly TextTokenizer s_tokenizer = TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, []));

    [Fact]
    public void Read_EitherPart_IsTheDocumentsOfThatSideOfTheRunsSplit()
    {
        var spec = RunPresets.Quick.Spec with { Data = new DataSpec { StoryBytes = 200_000, ValidationFraction = 0.2 } };
        var pieces = CorpusSplit.Split(new StoryCorpus(StorySet.World, spec.Data.StorySeed, spec.Data.StoryBytes), 0.2, TestContext.Current.CancellationToken).ToList();

        foreach (var part in Enum.GetValues<SampleText>())
        {
            var expected = pieces.Where(piece => piece.IsValidation == (part == SampleText.Validation)).Take(5).Select(piece => piece.Text);
            Assert.Equal(expected, Read(spec, part, length: 100_000).Select(text => s_tokenizer.Decode(text.Skip(1))));
        }
    }

    [Fact]
    public void Read_ALength_BeginsWithTheTokenOfADocumentAndIsCut()
    {
        var texts = Read(RunPresets.Quick.Spec, SampleText.Learned, length: 40);

        Assert.Equal(5, texts.Count);
        Assert.All(texts, text => Assert.Equal((s_tokenizer.EndOfTextId, 40), (text[0], text.Count)));
    }

    [Fact]
    public void Read_ARunOnFilesOfTokens_IsStretchesOfThem()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [Path.Combine(folder.Path, "train.bin"), Path.Combine(folder.Path, "val.bin")];
        foreach (var (path, first) in paths.Zip([0, 100]))
        {
            using var writer = new TokenShardWriter(path, 257);
            writer.Append([.. Enumerable.Range(first, 100)]);
            writer.Complete();
        }

        var spec = RunPresets.Quick.Spec with { Data = new DataSpec { Tokens = new TokenFiles { Train = paths[0], Validation = paths[1] } } };

        Assert.Equal([0, 18, 36, 54, 72], Read(spec, SampleText.Learned, length: 10).Select(text => text[0]));
        Assert.Equal(Enumerable.Range(118, 10), Read(spec, SampleText.Validation, length: 10)[1]);
    }

    private static IReadOnlyList<IReadOnlyList<int>> Read(RunSpec spec, SampleText part, int length)
    {
        var runs = new FakeRunService();
        runs.Add(TestRuns.Summary("r", RunStatus.Completed), spec);
        return new SampleTexts(new LabDirectory("nowhere"), runs).Read(ModelReference.OfRun("r"), s_tokenizer, part, count: 5, length, TestContext.Current.CancellationToken);
    }
}

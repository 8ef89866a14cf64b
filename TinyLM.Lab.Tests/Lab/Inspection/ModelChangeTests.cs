using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public class ModelChangeTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 30, ContextLength = 12, EmbeddingSize = 12, LayerCount = 2, HeadCount = 3 };

    private static readonly Gen<ModelChange> s_changes =
        from part in Gen.Elements(Enum.GetValues<ModelPart>())
        from layer in Gen.Choose(0, 99)
        from head in Gen.Choose(0, 99)
        from token in Gen.Elements(default(int?), 0, 4711)
        from isPatch in Gen.Elements(true, false)
        let isOne = isPatch || part == ModelPart.Residual // the stream itself cannot be switched off
        select new ModelChange(part, layer, part == ModelPart.Head ? head : 0) { IsPatch = isOne, Token = isOne ? token : null };

    [Property]
    public Property Parse_WhatWasWritten_IsTheSame() => Prop.ForAll(s_changes.ListOf().ToArbitrary(), changes =>
        Assert.Equal(changes.Distinct(), ModelChange.Parse(ModelChange.Write(changes))));

    [Theory]
    [InlineData("r2")]
    [InlineData("h2")]
    [InlineData("pm2")]
    [InlineData("pm2@some")]
    [InlineData("h99999.1")]
    public void Parse_WhatNobodyWrote_IsPassedOver(string text) => Assert.Equal([new ModelChange(ModelPart.Attention, 1)], ModelChange.Parse($"{text},a1"));

    [Fact]
    public void ToPatches_AtOneTokenOrAll_TakeTheNumbersOfThePlace()
    {
        var source = ForwardTrace.Run(LanguageModel.Create(TestWeights.Random(s_config, seed: 3)), [1, 2, 3], cancellationToken: TestContext.Current.CancellationToken);

        var one = (ActivationPatch)Assert.Single(Parse("ph1.2@1").ToPatches(source, tokenCount: 5));
        var all = Parse("pr0@all").ToPatches(source, tokenCount: 2).Cast<ActivationPatch>();

        Assert.Equal((1, ActivationSite.HeadOutput, 1, 8), (one.Layer, one.Site, one.Position, one.Column));
        Assert.Equal(source.Block(1)[ActivationSite.HeadOutput][1][8..].ToArray(), one.Values.ToArray());
        Assert.Equal([source.Residual(1)[0].ToArray(), source.Residual(1)[1].ToArray()], all.Select(patch => patch.Values.ToArray()));
        foreach (var none in (string[])["ph1.3@1", "pm2@1", "pa0@3"]) Assert.Empty(Parse(none).ToPatches(source, tokenCount: 5));
    }

    private static ModelChange Parse(string text) => Assert.Single(ModelChange.Parse(text));
}

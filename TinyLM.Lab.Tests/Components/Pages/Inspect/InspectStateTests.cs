using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Models;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public class InspectStateTests
{
    private static readonly Gen<InspectState> s_states =
        from model in Gen.Elements(null, ModelReference.OfRun("20260314-a"), ModelReference.OfRun("20260314-a", 300), ModelReference.OfImported("gpt2"))
        from prompt in Gen.Elements("", "Once upon", InspectState.UsualPrompt, "a&b=c#d é 🦊\n?")
        from numbers in Gen.Choose(0, 1200).ArrayOf(4)
        from token in Gen.Elements(default(int?), 0, 17)
        from heads in Gen.Elements("one", "mean", "max")
        from drawing in Gen.Elements("tokens", "arcs")
        from shares in Gen.Elements(0.05, 0.5, 1).ArrayOf(3)
        from words in Gen.Elements(null, "1.2", "a b&c").ArrayOf(6)
        from beside in Gen.Elements(null, ModelReference.OfRun("20260314-b", 30), ModelReference.OfImported("gpt2"))
        select new InspectState
        {
            Model = model,
            Prompt = prompt,
            Layer = numbers[0],
            Head = numbers[1],
            Start = numbers[2],
            Token = token,
            Heads = heads,
            Drawing = drawing,
            Beside = beside,
            BesideHead = words[0],
            Sample = drawing == "arcs" ? "validation" : "learned",
            Ablate = drawing == "arcs" ? "mean" : "zero",
            Stage = words[1],
            Changes = words[2],
            Source = words[3],
            Shade = heads == "max" ? "excess" : "loss",
            Temperature = shares[0],
            TopK = numbers[3],
            TopP = shares[1],
            MinP = shares[2],
            Word = words[4],
            Sum = words[5],
        };

    [Property]
    public Property Parse_WhatToAddressWrote_IsTheSameState() => Prop.ForAll(s_states.ToArbitrary(), state =>
        Assert.Equal(state, InspectState.Parse("http://localhost" + state.ToAddress("attention"))));

    [Theory]
    [InlineData("?model=elsewhere&layer=-3&head=x&token=1e9&heads=all&drawing=none")]
    [InlineData("?model=run%2F..%2Fetc")]
    [InlineData("")]
    public void Parse_WhatNobodyWrote_IsAsUsual(string query) => Assert.Equal(new InspectState(), InspectState.Parse("http://localhost/inspect" + query));
}

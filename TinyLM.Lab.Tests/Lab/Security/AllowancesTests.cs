using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>What each person gets only so much of.</summary>
public sealed class AllowancesTests
{
    private readonly ManualClock _clock = new();

    private static Visitor Person(string name, Role role = Role.Viewer, bool isLimited = true)
    {
        var visitor = new Visitor();
        visitor.Become(Visitor.Principal(role, name, isLimited));
        return visitor;
    }

    [Fact]
    public void Texts_BeyondTheAllowance_WaitUntilAMinuteIsOver_PersonByPerson()
    {
        var allowances = new Allowances(new LabLimits { TextsPerMinute = 3 }, _clock);
        var (ann, bob) = (Person("ann"), Person("bob"));
        allowances.SpendTexts(ann, maxTokens: 10, count: 2);
        _clock.Advance(TimeSpan.FromSeconds(20));
        allowances.SpendTexts(ann, maxTokens: 10);

        var refusal = Assert.Throws<LimitReachedException>(() => allowances.SpendTexts(ann, maxTokens: 10));
        Assert.Equal("Each person has 3 texts a minute here, so that there is enough for all. Try again in 40 seconds.", refusal.Message);
        allowances.SpendTexts(bob, maxTokens: 10, count: 3);
        _clock.Advance(TimeSpan.FromSeconds(40));
        allowances.SpendTexts(ann, maxTokens: 10, count: 2);
        Assert.Throws<LimitReachedException>(() => allowances.SpendTexts(ann, maxTokens: 10));
    }

    [Fact]
    public void Starts_MoreThanTheAllowanceAtOnce_AreRefusedWhole()
    {
        var allowances = new Allowances(new LabLimits { StartsPerHour = 5 }, _clock);
        var teacher = Person("t", Role.Teacher);

        Assert.Contains("6 training starts at once", Assert.Throws<LimitReachedException>(() => allowances.Spend(teacher, Allowance.Start, 6)).Message, StringComparison.Ordinal);
        allowances.Spend(teacher, Allowance.Start, 5);
    }

    [Fact]
    public void LongText_IsForTheTeacherAlone()
    {
        var allowances = new Allowances(new LabLimits { LongestText = 100 }, _clock);

        Assert.Contains("at most 100 tokens", Assert.Throws<LimitReachedException>(() => allowances.SpendTexts(Person("v"), maxTokens: 101)).Message, StringComparison.Ordinal);
        allowances.SpendTexts(Person("t", Role.Teacher), maxTokens: 101);
    }

    [Fact]
    public void Lab_OfOnePersonAlone_HasNoLimits()
    {
        var allowances = new Allowances(new LabLimits { TextsPerMinute = 1 }, _clock);
        for (var i = 0; i < 100; i++) allowances.SpendTexts(Person("", Role.Teacher, isLimited: false), maxTokens: 1_000_000);
    }

    [Fact]
    public void Limits_ThatMakeNoSense_AreNamed() =>
        Assert.Equal(["Lab:Limits:Circuits is 0; expected at least 1."], new LabLimits { Circuits = 0 }.Validate());
}

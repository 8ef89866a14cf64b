namespace TinyLM.Lab.Security;

/// <summary>Marks a member of a guarded service that counts against a person's allowance.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SpendsAttribute(Allowance allowance) : Attribute
{
    /// <summary>What it counts against.</summary>
    public Allowance Allowance { get; } = allowance;

    /// <summary>Whether the list among its arguments counts as many as it holds; else a call counts once.</summary>
    public bool EachItem { get; set; }
}

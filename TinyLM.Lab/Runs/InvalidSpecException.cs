namespace TinyLM.Lab.Runs;

/// <summary>Settings that break rules, each told in words for the person who chose them.</summary>
public sealed class InvalidSpecException(IReadOnlyList<string> problems) : Exception(string.Join(" ", problems))
{
    /// <summary>One sentence a broken rule.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

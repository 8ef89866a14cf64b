namespace TinyLM.Lab.Tests.Support;

/// <summary>How often faults and attacks are repeated: a few times in every run of the tests, many times once, for the record (docs/trust.md).</summary>
internal static class TrustCounts
{
    private static readonly bool s_isFull = Environment.GetEnvironmentVariable("TINYLM_TRUST") == "full";

    /// <summary>The short count, unless the environment variable <c>TINYLM_TRUST</c> is <c>full</c>.</summary>
    /// <param name="inEveryRun">The short count.</param>
    /// <param name="once">The long one.</param>
    public static int Of(int inEveryRun, int once) => s_isFull ? once : inEveryRun;
}

namespace TinyLM.Lab.Tests.Support;

/// <summary>How often faults and attacks are repeated: a few times in every run of the tests, many times once, for the record in <c>docs/</c>.</summary>
internal static class TrustCounts
{
    /// <summary>The short count, unless the environment variable <c>TINYLM_TRUST</c> is <c>full</c>.</summary>
    /// <param name="inEveryRun">The short count.</param>
    /// <param name="once">The long one.</param>
    public static int Of(int inEveryRun, int once) => Environment.GetEnvironmentVariable("TINYLM_TRUST") == "full" ? once : inEveryRun;
}

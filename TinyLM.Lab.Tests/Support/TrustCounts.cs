namespace TinyLM.Lab.Tests.Support;

/// <summary>How often the tests of trust try: short in every run, long once, when <c>TINYLM_TRUST=full</c> asks for it (docs/trust.md).</summary>
internal static class TrustCounts
{
    private static readonly bool s_isFull = Environment.GetEnvironmentVariable("TINYLM_TRUST") == "full";

    /// <summary>The number of trials: short unless <c>TINYLM_TRUST=full</c>.</summary>
    public static int Of(int inEveryRun, int once) => s_isFull ? once : inEveryRun;
}

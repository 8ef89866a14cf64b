namespace TinyLM.Lab.Security;

/// <summary>Whether the lab is open to the network, or to this machine alone.</summary>
/// <param name="ToNetwork">Whether other machines reach it; then every visitor shows a token, those of this machine too.</param>
internal sealed record LabOpenness(bool ToNetwork)
{
    /// <summary>The one setting that opens the lab; <c>--lan</c> on the command line.</summary>
    public const string Setting = "Lab:Lan";
}

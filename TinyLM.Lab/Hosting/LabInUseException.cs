namespace TinyLM.Lab.Hosting;

/// <summary>Another lab serves the data directory.</summary>
internal sealed class LabInUseException(LabDirectory directory, LabOwner? owner) : Exception(Describe(directory, owner))
{
    private static string Describe(LabDirectory directory, LabOwner? owner)
    {
        var who = owner switch
        {
            null => "another lab",
            { Address: null } => $"another lab (process {owner.ProcessId})",
            _ => $"another lab (process {owner.ProcessId}) at {owner.Address}",
        };
        return $"The data directory '{directory.Path}' is in use by {who}. Use that one, or give this lab a directory of its own with --data.";
    }
}

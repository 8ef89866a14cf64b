namespace TinyLM.Lab.Security;

/// <summary>What a person may do in the lab.</summary>
public enum Role
{
    /// <summary>Nothing: no token was shown.</summary>
    None,

    /// <summary>Look, play, and let models write within limits.</summary>
    Viewer,

    /// <summary>Everything.</summary>
    Teacher,
}

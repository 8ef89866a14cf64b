namespace TinyLM.Lab.Security;

/// <summary>Something that the person's role does not allow, in words.</summary>
public sealed class NotAllowedException(Role role) : UnauthorizedAccessException(WordsFor(role))
{
    /// <summary>What a viewer is told.</summary>
    public const string ViewerWords = "You are here as a viewer: you can look, play and let models write. Starting, adding, changing and deleting need the teacher's link.";

    private static string WordsFor(Role role) => role == Role.Viewer ? ViewerWords : "This lab asks for a link with a token. Open the link that the lab shows in its console, or ask whoever runs it.";
}

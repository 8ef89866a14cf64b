namespace TinyLM.Lab.Api;

/// <summary>What somebody says in a conversation.</summary>
/// <param name="Role">Who.</param>
/// <param name="Text">What.</param>
internal sealed record ChatTurn(ChatRole Role, string Text);

/// <summary>Who speaks.</summary>
internal enum ChatRole
{
    /// <summary>Tells what the conversation is about.</summary>
    System,

    /// <summary>Asks.</summary>
    User,

    /// <summary>Answers: the model.</summary>
    Assistant,
}

using System.Text;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How a conversation becomes one text with marks between its parts, which is all that a model sees of it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Start">Before each role.</param>
/// <param name="Separator">Between role and content.</param>
/// <param name="End">After each content.</param>
public sealed record ChatTemplate(string Name, string Start, string Separator, string End)
{
    /// <summary>As OpenAI's chat models of the o200k vocabulary are prompted, with a mark of its own between role and content.</summary>
    public static ChatTemplate OpenAI { get; } = new("OpenAI (im_sep)", "<|im_start|>", "<|im_sep|>", "<|im_end|>");

    /// <summary>ChatML, as many open models are prompted: line breaks in place of the third mark.</summary>
    public static ChatTemplate ChatML { get; } = new("ChatML", "<|im_start|>", "\n", "<|im_end|>\n");

    /// <summary>The templates there are.</summary>
    public static IReadOnlyList<ChatTemplate> All { get; } = [OpenAI, ChatML];

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">What was said.</param>
    /// <param name="nextRole">Who is to speak next; the text ends where its content begins. Null to end with the last message.</param>
    public string Format(IEnumerable<ChatMessage> messages, string? nextRole)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var text = new StringBuilder();
        foreach (var message in messages) text.Append(Start).Append(message.Role).Append(Separator).Append(message.Content).Append(End);
        if (nextRole is not null) text.Append(Start).Append(nextRole).Append(Separator);
        return text.ToString();
    }
}

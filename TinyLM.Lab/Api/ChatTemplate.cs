using TinyLM.Lab.Models;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Api;

/// <summary>How a conversation becomes what a model continues.</summary>
internal abstract class ChatTemplate
{
    /// <summary>The template of a tokenizer: ChatML where it has the tokens of ChatML, else plain text.</summary>
    public static ChatTemplate Of(TextTokenizer tokenizer) =>
        tokenizer.FindSpecial(ChatMl.Start) is { } start && tokenizer.FindSpecial(ChatMl.End) is { } end ? new ChatMl(tokenizer, start.Id, end.Id) : new PlainChat();

    /// <summary>The request for the next answer: prompt and where the answer ends.</summary>
    public abstract TextRequest Begin(IReadOnlyList<ChatTurn> turns);
}

using TinyLM.Lab.Models;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Api;

/// <summary>How a conversation becomes what a model continues.</summary>
internal abstract class ChatTemplate
{
    /// <summary>The template of a tokenizer: its own where its files have one, ChatML where it has the tokens of ChatML, else plain text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="own">What its files say; null for nothing.</param>
    /// <param name="time">The clock, which templates may ask.</param>
    public static ChatTemplate Of(TextTokenizer tokenizer, ChatFormat? own, TimeProvider time) => own is not null ? new OwnChat(tokenizer, own, time)
        : tokenizer.FindSpecial(ChatMl.Start) is { } start && tokenizer.FindSpecial(ChatMl.End) is { } end ? new ChatMl(tokenizer, start.Id, end.Id) : new PlainChat();

    /// <summary>The request for the next answer: prompt and where the answer ends.</summary>
    public abstract TextRequest Begin(IReadOnlyList<ChatTurn> turns);
}

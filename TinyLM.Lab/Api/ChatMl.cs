using TinyLM.Lab.Models;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Api;

/// <summary>ChatML: each turn between two special tokens, its role on a line before what is said. What people say never becomes a special token.</summary>
internal sealed class ChatMl(TextTokenizer tokenizer, int start, int end) : ChatTemplate
{
    /// <summary>The token before a turn.</summary>
    public const string Start = "<|im_start|>";

    /// <summary>The token after a turn.</summary>
    public const string End = "<|im_end|>";

    public override TextRequest Begin(IReadOnlyList<ChatTurn> turns)
    {
        var ids = new List<int>();
        foreach (var turn in turns)
        {
            ids.Add(start);
            tokenizer.Encode($"{NameOf(turn.Role)}\n{turn.Text}", ids);
            ids.Add(end);
            tokenizer.Encode("\n", ids);
        }

        ids.Add(start);
        tokenizer.Encode($"{NameOf(ChatRole.Assistant)}\n", ids);
        return new TextRequest { PromptIds = ids, EndId = end };
    }

    /// <summary>The name of a role in templates.</summary>
    public static string NameOf(ChatRole role) => role switch
    {
        ChatRole.System => "system",
        ChatRole.User => "user",
        _ => "assistant",
    };
}

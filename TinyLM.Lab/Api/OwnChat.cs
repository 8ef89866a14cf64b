using TinyLM.Lab.Models;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Jinja;

namespace TinyLM.Lab.Api;

/// <summary>A conversation as the template in the tokenizer's files writes it. Its marks become special tokens; what people say never does.</summary>
internal sealed class OwnChat(TextTokenizer tokenizer, ChatFormat format, TimeProvider time) : ChatTemplate
{
    /// <summary>Cuts what people say where it would name a special token; no text has it, since it is no character.</summary>
    private const char Cut = '\uFDD0';

    public override TextRequest Begin(IReadOnlyList<ChatTurn> turns)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = turns.Select(turn => (object?)new Dictionary<string, object?>(StringComparer.Ordinal) { ["role"] = ChatMl.NameOf(turn.Role), ["content"] = Guard(turn.Text) }).ToList(),
            ["add_generation_prompt"] = true,
            ["bos_token"] = format.BeginToken ?? "",
            ["eos_token"] = format.EndToken ?? "",
        };
        var ids = new List<int>();
        foreach (var part in JinjaTemplate.Parse(format.Template).Render(values, time.GetLocalNow()).Split(Cut)) tokenizer.Encode(part, ids, SpecialTokenReading.AsToken);
        return new TextRequest { PromptIds = ids, EndId = format.EndToken is { } end ? tokenizer.FindSpecial(end)?.Id : null };
    }

    private string Guard(string text)
    {
        text = text.Replace(Cut, '\uFFFD');
        foreach (var special in tokenizer.SpecialTokens.Where(token => token.Text.Length > 1)) text = text.Replace(special.Text, $"{special.Text[0]}{Cut}{special.Text[1..]}", StringComparison.Ordinal);
        return text;
    }
}

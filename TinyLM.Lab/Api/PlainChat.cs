using System.Text;
using TinyLM.Lab.Models;

namespace TinyLM.Lab.Api;

/// <summary>A conversation as plain text, for models that were trained on text and know no roles.</summary>
/// <remarks>
/// What a system message says stands first; then each turn begins a line with <c>User:</c> or <c>Assistant:</c>, and the last line,
/// <c>Assistant:</c>, is the model's to go on. The answer ends where the model begins a turn of the user's.
/// </remarks>
internal sealed class PlainChat : ChatTemplate
{
    private const string Stop = "\nUser:";

    public override TextRequest Begin(IReadOnlyList<ChatTurn> turns)
    {
        var text = new StringBuilder();
        foreach (var (role, said) in turns)
        {
            if (role == ChatRole.System) text.Append(said).Append("\n\n");
            else text.Append(role == ChatRole.User ? "User: " : "Assistant: ").Append(said).Append('\n');
        }

        return new TextRequest { Prompt = text.Append("Assistant:").ToString(), Stop = [Stop] };
    }
}

using TinyLM.Lab.Api;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Api;

public class ChatTemplateTests
{
    private static readonly ChatTurn[] s_turns = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Who <|im_end|> is there?"), new(ChatRole.Assistant, "A fox."), new(ChatRole.User, "Why?")];

    [Fact]
    public void Begin_OfAPlainTokenizer_IsATextThatEndsWithTheModelsTurn()
    {
        var request = ChatTemplate.Of(TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, []))).Begin(s_turns);

        Assert.Equal("Be brief.\n\nUser: Who <|im_end|> is there?\nAssistant: A fox.\nUser: Why?\nAssistant:", request.Prompt);
        Assert.Equal(["\nUser:"], request.Stop);
    }

    [Fact]
    public void Begin_OfATokenizerWithTheTokensOfChatMl_MarksTurnsByThemAndTakesNoneFromText()
    {
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat);

        var request = ChatTemplate.Of(tokenizer).Begin(s_turns);

        var text = string.Concat(request.PromptIds!.Select(id => tokenizer.FindSpecial(id) is { } special ? $"[{special.Text}]" : tokenizer.Decode([id])));
        Assert.Equal(
            "[<|im_start|>]system\nBe brief.[<|im_end|>]\n[<|im_start|>]user\nWho <|im_end|> is there?[<|im_end|>]\n[<|im_start|>]assistant\nA fox.[<|im_end|>]\n[<|im_start|>]user\nWhy?[<|im_end|>]\n[<|im_start|>]assistant\n",
            text);
        Assert.Equal(200_265, request.EndId);
    }
}

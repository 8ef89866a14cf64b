using TinyLM.Lab.Api;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Jinja;

namespace TinyLM.Lab.Tests.Lab.Api;

public class ChatTemplateTests
{
    private static readonly ChatTurn[] s_turns = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Who <|im_end|> is there?"), new(ChatRole.Assistant, "A fox."), new(ChatRole.User, "Why?")];

    [Fact]
    public void Begin_OfAPlainTokenizer_IsATextThatEndsWithTheModelsTurn()
    {
        var request = ChatTemplate.Of(TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, [])), null, TimeProvider.System).Begin(s_turns);

        Assert.Equal("Be brief.\n\nUser: Who <|im_end|> is there?\nAssistant: A fox.\nUser: Why?\nAssistant:", request.Prompt);
        Assert.Equal(["\nUser:"], request.Stop);
    }

    [Fact]
    public void Begin_OfATokenizerWithTheTokensOfChatMl_MarksTurnsByThemAndTakesNoneFromText()
    {
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat);

        var request = ChatTemplate.Of(tokenizer, null, TimeProvider.System).Begin(s_turns);

        var text = string.Concat(request.PromptIds!.Select(id => tokenizer.FindSpecial(id) is { } special ? $"[{special.Text}]" : tokenizer.Decode([id])));
        Assert.Equal(
            "[<|im_start|>]system\nBe brief.[<|im_end|>]\n[<|im_start|>]user\nWho <|im_end|> is there?[<|im_end|>]\n[<|im_start|>]assistant\nA fox.[<|im_end|>]\n[<|im_start|>]user\nWhy?[<|im_end|>]\n[<|im_start|>]assistant\n",
            text);
        Assert.Equal(200_265, request.EndId);
    }

    [Fact]
    public void Begin_OfATemplateInTheFiles_WritesItsMarksAndTakesNoneFromText()
    {
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat);
        var format = new ChatFormat("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '<|im_sep|>' + m['content'] | trim + eos_token }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant<|im_sep|>{% endif %}", null, "<|im_end|>");

        var request = ChatTemplate.Of(tokenizer, format, TimeProvider.System).Begin(s_turns);

        var text = string.Concat(request.PromptIds!.Select(id => tokenizer.FindSpecial(id) is { } special ? $"[{special.Text}]" : tokenizer.Decode([id])));
        Assert.Equal(
            "[<|im_start|>]system[<|im_sep|>]Be brief.[<|im_end|>][<|im_start|>]user[<|im_sep|>]Who <|im_end|> is there?[<|im_end|>][<|im_start|>]assistant[<|im_sep|>]A fox.[<|im_end|>][<|im_start|>]user[<|im_sep|>]Why?[<|im_end|>][<|im_start|>]assistant[<|im_sep|>]",
            text);
        Assert.Equal(200_265, request.EndId);
    }

    [Theory]
    [InlineData("{{ raise_exception('Only users speak.') }}", "refuses the conversation: Only users speak.")]
    [InlineData("{% macro say(x) %}{% endmacro %}", "the tag 'macro' is not supported")]
    public void Begin_OfATemplateThatRefuses_SaysWhy(string template, string words) =>
        Assert.Contains(words, Assert.Throws<TemplateException>(() => ChatTemplate.Of(BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat), new ChatFormat(template, null, null), TimeProvider.System).Begin(s_turns)).Message, StringComparison.Ordinal);

    [Fact]
    public void Template_OfAFolder_IsReadInBothForms()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"), """{"chat_template":[{"name":"tool_use","template":"t"},{"name":"default","template":"{{ bos_token }}"}],"bos_token":{"content":"<s>","lstrip":false},"eos_token":"</s>"}""");
        var inConfig = ChatFormat.Read(folder.Path);
        inConfig!.Write(folder.Path);

        Assert.Equal(new ChatFormat("{{ bos_token }}", "<s>", "</s>"), inConfig);
        Assert.Equal(inConfig, ChatFormat.Read(folder.Path));
        Assert.Equal("{{ bos_token }}", File.ReadAllText(Path.Combine(folder.Path, "chat_template.jinja")));
    }
}

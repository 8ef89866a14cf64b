using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization.Anatomy;

public class ChatTemplateTests
{
    [Fact]
    public void Format_TheExampleOfTheLecture_GivesItsText()
    {
        Assert.Equal("<|im_start|>Hi, how are you doing today?<|im_sep|><|im_end|><|im_start|>assistant<|im_sep|>",
            ChatTemplate.OpenAI.Format([new ChatMessage("Hi, how are you doing today?", "")], nextRole: "assistant"));
    }

    [Fact]
    public void Format_ChatML_PutsLineBreaksBetween()
    {
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n", ChatTemplate.ChatML.Format([new ChatMessage("user", "Hi")], nextRole: null));
    }
}

using System.ClientModel;
using OpenAI;
using OpenAI.Chat;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Api;

/// <summary>OpenAI's own client against the lab as it is.</summary>
public sealed class OpenAiClientTests : IClassFixture<RealLab>
{
    private readonly OpenAIClient _client;

    public OpenAiClientTests(RealLab lab)
    {
        if (!Directory.Exists(Path.Combine(lab.Directory.RunsPath, "r"))) lab.AddTrainedRun("r");
        _client = new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(lab.Address, "/v1") });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Models_AreListedAndFoundByName()
    {
        var models = _client.GetOpenAIModelClient();

        string[] all = [];
        await Eventually.HoldsAsync(() => all.Length > 0, "the run is known", async () => all = [.. (await models.GetModelsAsync(Cancel)).Value.Select(model => model.Id)]);

        Assert.Equal(["run/r", "run/r@40"], all);
        Assert.Equal("run/r@40", (await models.GetModelAsync("run/r@40", Cancel)).Value.Id);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => models.GetModelAsync("run/none", Cancel))).Status);
    }

    [Fact]
    public async Task Chat_WholeAndStreamed_IsTheSameTextWithUsageAndLogprobs()
    {
        var chat = _client.GetChatClient("run/r");
        ChatMessage[] messages = [new SystemChatMessage("A story."), new UserChatMessage("Who was there?")];
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 12, Temperature = 0.9f, TopP = 0.95f, FrequencyPenalty = 0.2f, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };
#pragma warning disable OPENAI001 // the seed is marked as experimental by the library
        options.Seed = 6;
#pragma warning restore OPENAI001

        var whole = (await chat.CompleteChatAsync(messages, options, Cancel)).Value;
        var streamed = new List<StreamingChatCompletionUpdate>();
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, Cancel)) streamed.Add(update);

        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(12, whole.Usage.OutputTokenCount);
        Assert.Equal("A story.\n\nUser: Who was there?\nAssistant:".Length, whole.Usage.InputTokenCount); // this vocabulary is bytes
        Assert.Equal(12, whole.ContentTokenLogProbabilities.Count);
        Assert.All(whole.ContentTokenLogProbabilities, token =>
        {
            Assert.Equal(3, token.TopLogProbabilities.Count);
            Assert.True(token.LogProbability <= token.TopLogProbabilities[0].LogProbability + 1e-6);
        });
        Assert.Equal(whole.Content[0].Text, string.Concat(streamed.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
        Assert.Equal(ChatFinishReason.Length, streamed.Single(update => update.FinishReason is not null).FinishReason);
        Assert.Equal(whole.Usage.TotalTokenCount, streamed[^1].Usage.TotalTokenCount);
    }

    [Fact]
    public async Task Chat_OfAModelThatIsNone_ThrowsWithTheWordsOfTheLab()
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => _client.GetChatClient("run/none").CompleteChatAsync([new UserChatMessage("?")], cancellationToken: Cancel));

        Assert.Equal(404, refusal.Status);
        Assert.Contains("There is no run 'none'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("model_not_found", refusal.Message, StringComparison.Ordinal);
    }
}

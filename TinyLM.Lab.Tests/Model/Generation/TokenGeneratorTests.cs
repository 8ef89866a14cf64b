using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Generation;

public class TokenGeneratorTests
{
    private const int EndOfText = 0;

    private static readonly ModelConfig s_config =
        new() { VocabularySize = 20, ContextLength = 16, EmbeddingSize = 12, HeadCount = 2, LayerCount = 2 };

    private static readonly LanguageModel s_model = LanguageModel.Create(TestWeights.Random(s_config, seed: 21));

    [Fact]
    public void Generate_TemperatureZero_WritesWhatTheFormulasSay()
    {
        var weights = TestWeights.Random(s_config, seed: 21);
        var reference = new Gpt2Reference(weights);
        var settings = new SamplingSettings { Temperature = 0, MaxTokens = 12 };

        var tokens = Write([5, 9, 14], settings, NeverWritten(settings)).ToList();

        List<int> text = [5, 9, 14];
        foreach (var token in tokens)
        {
            var logits = reference.Logits(text)[^1];
            var greatest = logits.Max();
            Assert.Equal(Array.IndexOf(logits, greatest), token.Id);
            Assert.Equal(-Math.Log(logits.Sum(logit => Math.Exp(logit - greatest))), token.LogProbability, 1e-4);
            text.Add(token.Id);
        }

        Assert.Equal(settings.MaxTokens, tokens.Count);
        Assert.Equal(FinishReason.Length, tokens[^1].FinishReason);
        Assert.All(tokens.SkipLast(1), token => Assert.Null(token.FinishReason));
    }

    [Fact]
    public void Generate_BeyondTheContext_GoesOnFromTheLastHalfOfTheWindow()
    {
        var settings = new SamplingSettings { Temperature = 1, MaxTokens = 60, Seed = 5 };
        var prompt = Enumerable.Range(0, 23).Select(i => 1 + i % 19).ToList(); // longer than the context
        var endOfText = NeverWritten(settings, prompt);

        var tokens = Write(prompt, settings, endOfText).ToList();

        // The rule once more, with no session that lives on: each token from a window read afresh.
        var sampler = new Sampler(settings);
        var window = prompt.TakeLast(s_config.ContextLength).ToList();
        foreach (var token in tokens)
        {
            if (window.Count > s_config.ContextLength) window = window.TakeLast(s_config.ContextLength / 2).ToList();
            Assert.Equal(sampler.Sample(s_model.CreateSession().Append([.. window])).Id, token.Id);
            window.Add(token.Id);
        }

        Assert.Equal(60, tokens.Count);
    }

    [Fact]
    public void Generate_EndOfText_IsTheLastTokenAndSaysSo()
    {
        var model = LanguageModel.Create(AlwaysWrites(EndOfText));

        var token = Assert.Single(TokenGenerator.Generate(
            model, [3, 4], new SamplingSettings { Temperature = 0 }, EndOfText, TestContext.Current.CancellationToken));

        Assert.Equal((EndOfText, FinishReason.EndOfText), (token.Id, token.FinishReason));
    }

    [Fact]
    public void Generate_EmptyPrompt_StartsFromEndOfText()
    {
        var settings = new SamplingSettings { Temperature = 1, MaxTokens = 10, Seed = 8 };

        Assert.Equal(Write([EndOfText], settings, EndOfText), Write([], settings, EndOfText));
    }

    [Fact]
    public void Generate_EqualSeeds_WritesTheSameAndOtherSeedsOther()
    {
        var settings = new SamplingSettings { Temperature = 1.5, MaxTokens = 30, Seed = 1 };

        Assert.Equal(Ids(settings), Ids(settings));
        Assert.NotEqual(Ids(settings), Ids(settings with { Seed = 2 }));

        static IEnumerable<int> Ids(SamplingSettings settings) =>
            Write([7], settings, EndOfText).Select(token => token.Id).ToList();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(31)]
    public void Generate_OnFromWhatWasWritten_WritesWhatWouldHaveComeWithoutAStop(int written)
    {
        var settings = new SamplingSettings { Temperature = 1.2, MaxTokens = 40, Seed = 6, FrequencyPenalty = 0.3, RepetitionPenalty = 1.1, TopK = 12 };
        int[] prompt = [3, 8];
        var endOfText = NeverWritten(settings, prompt);
        var whole = Write(prompt, settings, endOfText).ToList();
        var request = new GenerationRequest { Prompt = prompt, Written = [.. whole.Take(written).Select(token => token.Id)], Settings = settings, EndOfTextId = endOfText };

        var rest = TokenGenerator.Generate(s_model, request, TestContext.Current.CancellationToken).ToList();

        Assert.Equal(whole.Skip(written).Select(token => token.Id), rest.Select(token => token.Id));
        Assert.Equal(FinishReason.Length, rest[^1].FinishReason);
    }

    [Fact]
    public void Generate_WithoutSlidingWindow_RefusesALongPromptAndEndsWhereTheContextIsFull()
    {
        var settings = new SamplingSettings { Temperature = 1, MaxTokens = 60, Seed = 5, Context = ContextPolicy.Refuse };
        var prompt = Enumerable.Range(0, s_config.ContextLength).Select(i => 1 + i % 19).ToList();
        var endOfText = NeverWritten(settings, prompt);

        var tokens = Write(prompt.Take(10).ToList(), settings, endOfText).ToList();
        var refusal = Assert.Throws<ContextLengthException>(() => Write([.. prompt, 1], settings, endOfText));

        Assert.Equal(s_config.ContextLength - 10 + 1, tokens.Count); // the last is written and never read
        Assert.Equal(FinishReason.ContextFull, tokens[^1].FinishReason);
        Assert.Contains("17 tokens and the model's context 16", refusal.Message, StringComparison.Ordinal);
        Assert.Single(Write(prompt, settings, endOfText));
    }

    [Fact]
    public void Generate_Cancelled_StopsBeforeTheNextToken()
    {
        using var cancellation = new CancellationTokenSource();
        var settings = new SamplingSettings { Temperature = 1, MaxTokens = 100 };
        var written = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in TokenGenerator.Generate(s_model, [7], settings, NeverWritten(settings, [7]), cancellation.Token))
                if (++written == 3) cancellation.Cancel();
        });

        Assert.Equal(3, written);
    }

    [Fact]
    public void Generate_WrongInput_IsRefusedBeforeTheFirstTokenIsAskedFor()
    {
        var settings = new SamplingSettings();

        Assert.Throws<ArgumentException>(() => Write([20], settings, EndOfText));
        Assert.Throws<ArgumentException>(() => Write([1], settings, endOfTextId: 20));
        Assert.Throws<ArgumentException>(() => Write([1], settings with { MaxTokens = 0 }, EndOfText));
    }

    private static IEnumerable<GeneratedToken> Write(IReadOnlyList<int> prompt, SamplingSettings settings, int endOfTextId) =>
        TokenGenerator.Generate(s_model, prompt, settings, endOfTextId, TestContext.Current.CancellationToken);

    /// <summary>Weights whose logits are the same after every text: the final norm gives its bias alone.</summary>
    private static ModelWeights AlwaysWrites(int token) => TestWeights.Filled(s_config, (name, index) => name switch
    {
        "transformer.ln_f.bias" => index == 0 ? 1 : 0,
        "transformer.wte.weight" => index == token * s_config.EmbeddingSize ? 1 : 0,
        _ => 0,
    });

    /// <summary>A token that the model does not happen to write under these settings, to stand for the end of text.</summary>
    private static int NeverWritten(SamplingSettings settings, IReadOnlyList<int>? prompt = null)
    {
        for (var candidate = 0; candidate < s_config.VocabularySize; candidate++)
        {
            if (Write(prompt ?? [5, 9, 14], settings, candidate).All(token => token.Id != candidate))
                return candidate;
        }

        throw new InvalidOperationException("The model writes every token; choose other weights for the test.");
    }
}

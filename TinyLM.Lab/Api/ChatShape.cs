using TinyLM.Lab.Models;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Api;

/// <summary>Answers of <c>/v1/chat/completions</c>.</summary>
/// <param name="id">Of the answer.</param>
/// <param name="created">When, in seconds of Unix time.</param>
/// <param name="model">Who writes, as it was asked for.</param>
/// <param name="tokenizer">Names tokens.</param>
/// <param name="withLogprobs">Whether to tell log-probabilities.</param>
internal sealed class ChatShape(string id, long created, string model, TextTokenizer tokenizer, bool withLogprobs) : IAnswerShape
{
    private readonly HashSet<int> _begun = [];

    public object Opening(int index) => Chunk([new { Index = index, Delta = new { Role = "assistant", Content = "" }, FinishReason = (string?)null }]);

    public object Chunk(int index, GeneratedPiece piece) => Chunk(
    [
        new
        {
            Index = index,
            Delta = new { Content = Trimmed(index, piece.Text) },
            Logprobs = Logprobs([piece]),
            FinishReason = FinishWords.Of(piece.FinishReason),
        },
    ]);

    public object UsageChunk(TokenUsage usage) => Chunk([], usage);

    public object Whole(IReadOnlyList<IReadOnlyList<GeneratedPiece>> texts, TokenUsage usage) => new
    {
        Id = id,
        Object = "chat.completion",
        Created = created,
        Model = model,
        Choices = texts.Select((pieces, index) => new
        {
            Index = index,
            Message = new { Role = "assistant", Content = string.Concat(pieces.Select(piece => Trimmed(index, piece.Text))), Refusal = (string?)null },
            Logprobs = Logprobs(pieces),
            FinishReason = FinishWords.Of(pieces[^1].FinishReason),
        }).ToList(),
        Usage = usage,
    };

    private object Chunk(IReadOnlyList<object> choices, TokenUsage? usage = null) =>
        new { Id = id, Object = "chat.completion.chunk", Created = created, Model = model, Choices = choices, Usage = usage };

    /// <summary>The space after "Assistant:" is the template's, not the answer's.</summary>
    private string Trimmed(int index, string text)
    {
        if (_begun.Contains(index)) return text;
        text = text.TrimStart();
        if (text.Length > 0) _begun.Add(index);
        return text;
    }

    private object? Logprobs(IReadOnlyList<GeneratedPiece> pieces) => !withLogprobs ? null : new
    {
        Content = pieces.Select(piece => new
        {
            Token = tokenizer.NameOf(piece.TokenId),
            Logprob = piece.LogProbability,
            Bytes = Bytes(piece.TokenId),
            TopLogprobs = piece.Alternatives.Select(one => new { Token = tokenizer.NameOf(one.TokenId), Logprob = one.LogProbability, Bytes = Bytes(one.TokenId) }),
        }),
    };

    private IEnumerable<int> Bytes(int id) => tokenizer.HasToken(id) ? tokenizer.TokenBytes(id).ToArray().Select(one => (int)one) : [];
}

using TinyLM.Lab.Models;
using TinyLM.Model.Generation;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Api;

/// <summary>Answers of <c>/v1/completions</c>.</summary>
/// <param name="id">Of the answer.</param>
/// <param name="created">When, in seconds of Unix time.</param>
/// <param name="model">Who writes, as it was asked for.</param>
/// <param name="tokenizer">Names tokens.</param>
/// <param name="withLogprobs">Whether to tell log-probabilities.</param>
/// <param name="echoes">What stands before each text; none without echo.</param>
internal sealed class CompletionShape(string id, long created, string model, TextTokenizer tokenizer, bool withLogprobs, IReadOnlyList<string> echoes) : IAnswerShape
{
    private readonly Dictionary<int, int> _offsets = [];

    public object? Opening(int index) => echoes.Count == 0 ? null : Body([Choice(index, echoes[index], [], null)]);

    public object Chunk(int index, GeneratedPiece piece) => Body([Choice(index, piece.Text, [piece], piece.FinishReason)]);

    public object UsageChunk(TokenUsage usage) => Body([], usage);

    public object Whole(IReadOnlyList<IReadOnlyList<GeneratedPiece>> texts, TokenUsage usage) => Body(
        [.. texts.Select((pieces, index) => Choice(index, (echoes.Count == 0 ? "" : echoes[index]) + string.Concat(pieces.Select(piece => piece.Text)), pieces, pieces[^1].FinishReason))],
        usage);

    private object Body(IReadOnlyList<object> choices, TokenUsage? usage = null) =>
        new { Id = id, Object = "text_completion", Created = created, Model = model, Choices = choices, Usage = usage };

    private object Choice(int index, string text, IReadOnlyList<GeneratedPiece> pieces, FinishReason? reason) =>
        new { Text = text, Index = index, Logprobs = withLogprobs ? Logprobs(index, pieces) : null, FinishReason = FinishWords.Of(reason) };

    private object Logprobs(int index, IReadOnlyList<GeneratedPiece> pieces)
    {
        var offsets = new List<int>();
        var offset = _offsets.GetValueOrDefault(index);
        foreach (var piece in pieces)
        {
            offsets.Add(offset);
            offset += piece.TokenText.Length;
        }

        _offsets[index] = offset;
        return new
        {
            Tokens = pieces.Select(piece => tokenizer.NameOf(piece.TokenId)),
            TokenLogprobs = pieces.Select(piece => piece.LogProbability),
            TopLogprobs = pieces.Select(piece => piece.Alternatives.DistinctBy(one => tokenizer.NameOf(one.TokenId)).ToDictionary(one => tokenizer.NameOf(one.TokenId), one => one.LogProbability)),
            TextOffset = offsets,
        };
    }
}

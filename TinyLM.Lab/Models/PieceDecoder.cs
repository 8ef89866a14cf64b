using System.Text;
using TinyLM.Model.Generation;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Models;

/// <summary>Turns the tokens of one text into its pieces: characters, stop strings, alternatives. For one text and one thread at a time.</summary>
internal sealed class PieceDecoder
{
    private readonly TextTokenizer _tokenizer;
    private readonly StreamingDecoder _decoder;
    private readonly StopScanner _stops;

    /// <param name="tokenizer">Of the model.</param>
    /// <param name="written">Tokens that were written before; a character may have begun in them.</param>
    /// <param name="stop">Stop strings.</param>
    public PieceDecoder(TextTokenizer tokenizer, IReadOnlyList<int> written, IReadOnlyList<string> stop)
    {
        (_tokenizer, _decoder, _stops) = (tokenizer, tokenizer.CreateDecoder(), new StopScanner(stop));
        foreach (var id in written) _stops.Append(Append(id));
    }

    /// <summary>The piece of a token. With a stop string in it the piece is the last, whatever the token says.</summary>
    public GeneratedPiece Decode(GeneratedToken token)
    {
        var tokenText = Append(token.Id);
        if (token.FinishReason is not null) tokenText += _decoder.Flush();
        var text = _stops.Append(tokenText);
        var reason = _stops.IsStopped ? FinishReason.StopString : token.FinishReason;
        if (reason is not null) text += _stops.Flush();
        return new GeneratedPiece(text, token.Id, token.LogProbability, reason)
        {
            TokenText = tokenText,
            Probability = token.Probability,
            Alternatives = token.Alternatives is [] ? [] : [.. token.Alternatives.Select(one => new Alternative(one.Id, TextOf(_tokenizer, one.Id), one.LogProbability, one.Probability))],
        };
    }

    /// <summary>A token for people: special ones by their names; bytes that are no whole character show as U+FFFD.</summary>
    public static string TextOf(TextTokenizer tokenizer, int id) => tokenizer.FindSpecial(id)?.Text
        ?? (tokenizer.HasToken(id) ? Encoding.UTF8.GetString(tokenizer.TokenBytes(id).Span) : $"token {id}");

    /// <summary>A model may know more ids than its tokenizer; what it writes there is no text.</summary>
    private string Append(int id) => _tokenizer.HasToken(id) ? _decoder.Append(id) : "";
}

using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>Texts to measure a model on: out of the text that its run learned from or set apart, or built-in stories where that is not known.</summary>
/// <param name="directory">Holds the corpora.</param>
/// <param name="runs">Knows which run learned from which.</param>
internal sealed class SampleTexts(LabDirectory directory, [FromKeyedServices(Guarding.Inside)] IRunService runs)
{
    /// <summary>The first pieces of the text, each cut to a length, the token that begins a document first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="part">The part of its run's text.</param>
    /// <param name="count">Most pieces.</param>
    /// <param name="length">Most tokens of each.</param>
    /// <param name="cancellationToken">Checked between documents.</param>
    /// <exception cref="CorpusFormatException">The corpus is gone or damaged: the message says what to do.</exception>
    /// <exception cref="ShardFormatException">The file of tokens is damaged.</exception>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public IReadOnlyList<IReadOnlyList<int>> Read(ModelReference model, TextTokenizer tokenizer, SampleText part, int count, int length, CancellationToken cancellationToken)
    {
        var data = model.Origin == ModelOrigin.Run && runs.Find(model.Id) is not null ? runs.GetSpec(model.Id).Data : new DataSpec();
        if (data.Tokens is { } files) return ReadTokens(part == SampleText.Validation ? files.Validation : files.Train, count, length);
        return [.. CorpusSplit.Split(CorpusSource.Open(directory, data), data.ValidationFraction, cancellationToken)
            .Where(piece => piece.IsValidation == (part == SampleText.Validation)).Take(count)
            .Select(piece => (IReadOnlyList<int>)[tokenizer.EndOfTextId, .. tokenizer.Encode(piece.Text).Take(length - 1)])];
    }

    /// <summary>Stretches of a file of tokens, spread over all of it.</summary>
    private static List<IReadOnlyList<int>> ReadTokens(string path, int count, int length)
    {
        using var shard = TokenShard.Open(path);
        var texts = new List<IReadOnlyList<int>>();
        for (var i = 0; i < Math.Min(count, shard.Count / length); i++)
        {
            var tokens = new int[length];
            shard.Read((shard.Count - length) * i / count, tokens);
            texts.Add(tokens);
        }

        return texts;
    }
}

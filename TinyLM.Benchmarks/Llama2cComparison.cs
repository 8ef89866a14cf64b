using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.RegularExpressions;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;

namespace TinyLM.Benchmarks;

/// <summary>Decoding beside llama2.c's <c>run</c> on the same checkpoint and as many threads each, in turns, and what the memory allows in the same run.</summary>
/// <remarks>
/// <c>-- llama2c &lt;threads&gt; &lt;run&gt; &lt;tokenizer.bin&gt; &lt;checkpoint.bin&gt;…</c>, where run.c was compiled by
/// <c>gcc -Ofast -march=native -fopenmp run.c -lm -o run</c>. Both write greedily from the token that begins a text, in turns; each
/// figure is the best of the rounds, since whatever else the machine does only takes away from it.
/// </remarks>
internal static partial class Llama2cComparison
{
    private const int Rounds = 6;
    private const int BeginOfText = 1;
    private const int PromptLength = 64;
    private const int BatchSize = 16;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1.5);

    /// <summary>Compares on each checkpoint and writes a table.</summary>
    public static void Run(ReadOnlySpan<string> args)
    {
        var (threads, run, tokenizer) = (int.Parse(args[0], CultureInfo.InvariantCulture), args[1], args[2]);
        Console.WriteLine("| checkpoint | MB a token | llama2.c, tokens/s | fp32 | times | of the memory | bf16 | times fp32 | first token, ms | 16 at once | times one | picture of all samplers, ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var checkpoint in args[3..]) Compare(threads, run, tokenizer, checkpoint);
    }

    private static void Compare(int threads, string run, string tokenizer, string checkpoint)
    {
        var weights = Llama2cFile.Read(checkpoint);
        var fp32 = LanguageModel.Create(weights, WeightFormat.Fp32, threads);
        var bf16 = LanguageModel.Create(weights, WeightFormat.Bf16, threads);
        var count = Math.Min(weights.Config.ContextLength, weights.Tensors.Values.Sum(tensor => (long)tensor.Values.Length) > 50_000_000 ? 64 : 256) - 1;
        var memory = new AlignedFloats(BytesPerToken(weights) / sizeof(float));
        memory.Span.Fill(1);
        foreach (var model in (LanguageModel[])[fp32, bf16])
        {
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_warmUp;)
            {
                Decode(model, Math.Min(count, 32)); // until all of it is compiled well
                DecodeTogether(model, 8);
                FirstToken(model);
            }
        }

        List<double> byC = [], byFp32 = [], byBf16 = [], reading = [], first = [], together = [], picture = [];
        for (var round = 0; round < Rounds; round++)
        {
            byC.Add(RunC(threads, run, tokenizer, checkpoint, count));
            byFp32.Add(Decode(fp32, count));
            byBf16.Add(Decode(bf16, count));
            for (var i = 0; i < 5; i++) reading.Add(1 / Seconds(() => Read(memory, threads)));
            first.Add(-1000 * FirstToken(fp32));
            together.Add(DecodeTogether(fp32, count));
            picture.Add(-1000 * Picture(fp32));
        }

        var (one, half) = (Best(byFp32), Best(byBf16));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Path.GetFileNameWithoutExtension(checkpoint)} | {BytesPerToken(weights) / 1e6:F1} | {Best(byC):F0} | {one:F0} | {one / Best(byC):F2} | {one / Best(reading):P0} | {half:F0} | {half / one:F2} | {-Best(first):F1} | {Best(together):F0} | {Best(together) / one:F1} | {-Best(picture):F1} |"));
    }

    /// <summary>Tokens a second, counted from the second token on as run.c counts them.</summary>
    private static double Decode(LanguageModel model, int count)
    {
        // No token ends the text, and ids are handed out greedily, as with -t 0.
        var writer = new TokenWriter(model, new GenerationRequest { Prompt = [BeginOfText], EndOfTextId = 0, Settings = new SamplingSettings { Temperature = 0, MaxTokens = count + 1 } });
        writer.Choose(writer.Session.Append(writer.Unread));
        var start = Stopwatch.GetTimestamp();
        var written = 0;
        while (writer.FinishReason is null)
        {
            writer.Choose(writer.Session.Append(writer.Unread));
            written++;
        }

        return written / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Tokens a second of all texts together, each at another place of its context.</summary>
    private static double DecodeTogether(LanguageModel model, int count)
    {
        var batch = model.CreateBatch();
        var sessions = Enumerable.Range(0, BatchSize).Select(_ => model.CreateSession()).ToArray();
        int[] token = [BeginOfText];
        batch.Read([.. sessions.Select(session => new BatchPart(session, token, WantsLogits: true))]);
        var start = Stopwatch.GetTimestamp();
        var steps = Math.Min(count / 4, 16);
        for (var step = 0; step < steps; step++)
            batch.Read([.. sessions.Select(session => new BatchPart(session, new[] { TensorPrimitives.IndexOfMax(session.Logits) }, WantsLogits: true))]);
        return BatchSize * steps / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Adds up the numbers, each thread its part of them.</summary>
    private static void Read(AlignedFloats memory, int threads)
    {
        if (threads == 1) TensorPrimitives.Sum<float>(memory.Span);
        else Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => TensorPrimitives.Sum<float>(memory.Span[(int)((long)memory.Length * i / threads)..(int)((long)memory.Length * (i + 1) / threads)]));
    }

    private static double FirstToken(LanguageModel model)
    {
        var prompt = Enumerable.Range(0, PromptLength).Select(i => 1 + i * 37 % (model.Config.VocabularySize - 1)).ToArray();
        return Seconds(() =>
        {
            var writer = new TokenWriter(model, new GenerationRequest { Prompt = prompt, EndOfTextId = 0, Settings = new SamplingSettings { Temperature = 0.8 } });
            writer.Choose(writer.Session.Append(writer.Unread));
        });
    }

    /// <summary>What a page computes when a slider moves: the distribution after each step of a chain in which every sampler acts.</summary>
    private static double Picture(LanguageModel model)
    {
        var session = model.CreateSession();
        session.Append([BeginOfText]);
        var chain = new SamplingChain(new SamplingSettings { Temperature = 0.8, TopK = 200, TopP = 0.95, MinP = 0.001, TypicalP = 0.9, RepetitionPenalty = 1.1, FrequencyPenalty = 0.1 });
        return Seconds(() => Sampler.Trace(chain, session.Logits, new TokenHistory(), allowed: null, (_, _) => { }));
    }

    private static double RunC(int threads, string run, string tokenizer, string checkpoint, int count)
    {
        var start = new ProcessStartInfo(run, [checkpoint, "-z", tokenizer, "-t", "0", "-n", $"{count + 1}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var told = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return Speed().Match(told) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{run} told no speed: {told}");
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Bytes of fp32 weights that a token reads: all but the table of embeddings, of which it needs a row, and the head that may be the same table.</summary>
    private static int BytesPerToken(ModelWeights weights)
    {
        var all = weights.Tensors.Values.Sum(tensor => (long)tensor.Values.Length);
        if (!weights.Config.TiedHead) all -= (long)weights.Config.VocabularySize * weights.Config.EmbeddingSize;
        return checked((int)(sizeof(float) * all));
    }

    private static double Best(List<double> values) => values.Max();

    [GeneratedRegex(@"achieved tok/s: ([\d.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Speed();
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TinyLM.Model.Corpora;
using TinyLM.Model.Tokenization;

namespace TinyLM.Benchmarks;

/// <summary>Learning and encoding beside SentencePiece and tiktoken, in one run on the same text; a peer that is not there is left out.</summary>
/// <param name="folder">Holds the texts: stories-10.txt and stories-100.txt, made of the story world where they are missing, and others named text-*.txt. It is where <c>npm i tiktoken</c> was called.</param>
internal sealed class TokenizerComparison(string folder)
{
    private const int VocabularySize = 8192;
    private const int Repetitions = 3;
    private const double LongEnough = 10; // seconds after which a peer is not asked again

    /// <summary>What is measured, by name.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["train", "curves", "encode", "hard"];

    /// <summary>Runs the parts that are asked for.</summary>
    public void Run(IReadOnlyList<string> parts)
    {
        Directory.CreateDirectory(folder);
        if (parts.Contains("train")) Train();
        if (parts.Contains("curves")) Curves();
        if (parts.Contains("encode")) Encode();
        if (parts.Contains("hard")) Hard();
    }

    private void Train()
    {
        foreach (var path in (string[])[StoryFile(10), StoryFile(100), .. OtherTexts()])
        {
            var ours = new List<double>();
            var theirs = new List<double>();
            var (found, counted) = (0, 0.0);
            for (var i = 0; i < Repetitions; i++)
            {
                var clock = new CountingClock();
                ours.Add(Seconds(() => found = 257 + Learn(path, VocabularySize, observer: clock).Merges.Count));
                counted = clock.Seconds;
                var model = Path.Combine(folder, "spm");
                var arguments = $"--input={path} --model_prefix={model} --model_type=bpe --vocab_size={VocabularySize} --character_coverage=1.0 --byte_fallback --input_sentence_size=0 --num_threads={Environment.ProcessorCount} --max_sentence_length=100000 --minloglevel=2 --hard_vocab_limit=false";
                if (theirs.Sum() < LongEnough && Peer("spm_train", arguments, out var seconds, out _)) theirs.Add(seconds);
            }
            using var self = Process.GetCurrentProcess();
            Tell($"train {Path.GetFileName(path)}, {new FileInfo(path).Length / 1e6:0.0} MB, to {VocabularySize} ({found} found), {Environment.ProcessorCount} threads: first {ours[0]:0.000} s, best {ours.Min():0.000} s, of the last {ours[^1]:0.000} s {counted:0.000} s reading and counting; peak memory of this process {self.PeakWorkingSet64 / 1e6:0} MB");
            if (theirs.Count > 0) Tell($"  SentencePiece's spm_train: best {theirs.Min():0.00} s, {theirs.Min() / ours[0]:0.0} times as long as the first, {theirs.Min() / ours.Min():0.0} times as long as the best");
        }
    }

    private void Curves()
    {
        var path = OtherTexts().MaxBy(file => new FileInfo(file).Length) ?? StoryFile(100); // stories hold few different tokens
        Tell($"curves of {Path.GetFileName(path)}");
        foreach (var megabytes in (int[])[12, 25, 50, 100]) Tell($"train {megabytes} MB to {VocabularySize}: {Seconds(() => Learn(path, VocabularySize, megabytes * 1_000_000L)):0.00} s");
        foreach (var size in (int[])[1024, 2048, 4096, 8192, 16_384, 32_768]) Tell($"train 25 MB to at most {size}: {Seconds(() => Learn(path, size, 25_000_000)):0.00} s");
    }

    private void Encode()
    {
        foreach (var path in (string[])[StoryFile(100), .. OtherTexts().OrderByDescending(file => new FileInfo(file).Length).Take(1)]) Encode(path);
    }

    private void Encode(string path)
    {
        var tokenizer = TextTokenizer.Create(Learn(path, VocabularySize, 25_000_000));
        var texts = Pieces(path, 32_000_000).ToArray();
        var bytes = texts.Sum(Encoding.UTF8.GetByteCount);
        var ids = new List<int>();
        var one = Best(() => texts.Aggregate(0, (count, text) =>
        {
            ids.Clear();
            tokenizer.Encode(text, ids);
            return count + ids.Count;
        }));
        var all = Best(() => Parallel.ForEach(texts, () => new List<int>(), (text, _, mine) =>
        {
            mine.Clear();
            tokenizer.Encode(text, mine);
            return mine;
        }, _ => { }));
        Tell($"encode {bytes / 1e6:0} MB of {Path.GetFileName(path)} with {VocabularySize} tokens: {bytes / 1e6 / one:0.0} MB/s on one thread, {bytes / 1e6 / all:0.0} MB/s on {Environment.ProcessorCount}");

        var text = string.Concat(texts);
        File.WriteAllText(Path.Combine(folder, "encode.txt"), text);
        File.WriteAllBytes(Path.Combine(folder, "ranks.tiktoken"), TokenizerExport.Write(tokenizer, TokenizerFormat.Tiktoken).Single().Content.ToArray());
        File.WriteAllText(Path.Combine(folder, "encode.cjs"), TiktokenScript);
        if (!Peer("node", Path.Combine(folder, "encode.cjs"), out _, out var output)) return;
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>([.. tokenizer.Encode(text)])));
        var (seconds, theirHash) = output.Trim().Split(' ') is [var number, var sum] ? (double.Parse(number, CultureInfo.InvariantCulture), sum) : throw new InvalidOperationException($"tiktoken said '{output}'.");
        Tell($"  npm tiktoken on one thread: {bytes / 1e6 / seconds:0.0} MB/s; ours on one thread is {seconds / one:0.0} times as fast; the ids are {(hash == theirHash ? "the same" : "NOT the same")}");
    }

    private static void Hard()
    {
        foreach (var id in BuiltInTokenizers.Ids)
        {
            var tokenizer = BuiltInTokenizers.Get(id);
            tokenizer.Encode("Once upon a time");
            foreach (var (name, make) in HardTexts.All)
            {
                var (single, twice) = (make(1_000_000), make(2_000_000));
                tokenizer.Encode(twice); // compiles what runs, and gets the memory
                var (first, second) = (double.MaxValue, double.MaxValue);
                for (var i = 0; i < Math.Clamp(1 / first, Repetitions, 20); i++) (first, second) = (Math.Min(first, Seconds(() => tokenizer.Encode(single))), Math.Min(second, Seconds(() => tokenizer.Encode(twice))));
                Tell($"{id,-12} 1 MB of {name,-18} {first,6:0.0000} s, 2 MB {second,6:0.0000} s, ratio {second / first:0.00}");
            }
        }
    }

    private const string TiktokenScript = """
        const { Tiktoken } = require('tiktoken'); const fs = require('fs'); const path = require('path'); const crypto = require('crypto');
        const ranks = fs.readFileSync(path.join(__dirname, 'ranks.tiktoken'), 'utf8').trim().split('\n').map(line => line.split(' '));
        const encoder = new Tiktoken('! 0 ' + ranks.map(rank => rank[0]).join(' '), {}, "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
        const text = fs.readFileSync(path.join(__dirname, 'encode.txt'), 'utf8');
        let best = Infinity, ids;
        for (let i = 0; i < 3; i++) { const start = process.hrtime.bigint(); ids = encoder.encode_ordinary(text); best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9); }
        console.log(best + ' ' + crypto.createHash('sha256').update(Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength)).digest('hex'));
        """;

    private static BpeVocabulary Learn(string path, int size, long bytes = long.MaxValue, ITrainingObserver? observer = null) =>
        BpeTrainer.Train(Pieces(path, bytes), new BpeTrainingOptions { VocabularySize = size, MayEndEarly = true }, observer);

    /// <summary>The file in pieces of some lines each.</summary>
    private static IEnumerable<string> Pieces(string path, long bytes)
    {
        using var reader = new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16);
        var buffer = new char[1 << 17];
        var kept = 0;
        while (bytes > 0 && reader.ReadBlock(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            var end = Array.LastIndexOf(buffer, '\n', kept + read - 1) + 1;
            if (end == 0) end = kept + read;
            yield return new string(buffer, 0, end);
            bytes -= end;
            kept += read - end;
            Array.Copy(buffer, end, buffer, 0, kept);
        }
        if (kept > 0) yield return new string(buffer, 0, kept);
    }

    private IEnumerable<string> OtherTexts() => Directory.GetFiles(folder, "text-*.txt").Order(StringComparer.Ordinal);

    private string StoryFile(int megabytes)
    {
        var path = Path.Combine(folder, $"stories-{megabytes}.txt");
        if (!File.Exists(path)) File.WriteAllLines(path, new StoryCorpus(StorySet.World, 1, megabytes * 1_000_000L).ReadDocuments().Select(document => document.Text));
        return path;
    }

    private static double Best(Action action) => Enumerable.Range(0, Repetitions).Min(_ => Seconds(action));

    private static double Best<T>(Func<T> function) => Enumerable.Range(0, Repetitions).Min(_ => Seconds(function));

    private static double Seconds<T>(Func<T> function)
    {
        T? result = default;
        var seconds = Seconds(() => { result = function(); });
        GC.KeepAlive(result);
        return seconds;
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private bool Peer(string program, string arguments, out double seconds, out string output)
    {
        (seconds, output) = (0, "");
        try
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (process.ExitCode == 0) return true;
            Tell($"  {program} failed: {errors.Result.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Tell($"  {program} is not here and was left out");
        }
        return false;
    }

    /// <summary>When all text was counted.</summary>
    private sealed class CountingClock : ITrainingObserver
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public double Seconds { get; private set; }

        public void OnCounted(int differentChunks, long bytes) => Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;

        public void OnMerge(LearnedMerge merge) { }
    }

    private static void Tell(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

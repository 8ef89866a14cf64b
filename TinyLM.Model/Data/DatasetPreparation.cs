using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Data;

/// <summary>Makes the tokens that a run learns from, or finds them where they were made before.</summary>
/// <remarks>
/// Tokenizers and datasets stand in folders whose names are hashes of all that they were made from, so the same request finds
/// the same folder and an old one is never taken for a new one. A folder appears whole or not at all, and a lock lets one
/// process at a time make it: two runs that begin together share the work.
/// </remarks>
public static class DatasetPreparation
{
    /// <summary>Part of every hash: raised when the same request gives other tokens than before.</summary>
    private const int Version = 1;

    private static readonly TimeSpan s_lockWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Trains or finds the tokenizer, then cuts the corpus or finds the shards.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="data">How much of it is set apart.</param>
    /// <param name="tokenizer">The vocabulary to learn.</param>
    /// <param name="contextLength">Tokens that both parts must hold, and one more.</param>
    /// <param name="tokenizersPath">Folder of the library's tokenizers.</param>
    /// <param name="datasetsPath">Folder of the library's datasets.</param>
    /// <param name="progress">Told what is done, in words, and how much of it, from 0 to 1.</param>
    /// <param name="ct">Leaves nothing half-made behind.</param>
    /// <exception cref="VocabularyTooLargeException">The text cannot give so large a vocabulary.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer that is to be used is gone, damaged, or another than was asked for.</exception>
    /// <exception cref="CorpusTooShortException">A part is shorter than one context.</exception>
    /// <exception cref="CorpusFormatException">The corpus is damaged.</exception>
    /// <exception cref="IOException">The disk is full, or a file cannot be read or written.</exception>
    public static PreparedDataset Prepare(
        ICorpus corpus, DataSpec data, TokenizerSpec tokenizer, int contextLength,
        string tokenizersPath, string datasetsPath, Action<string, double>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var source = Fingerprint(corpus, ct);
        var tokenizerId = tokenizer.Id ?? Hash(Version, source, tokenizer);
        var tokenizerFolder = new TokenizerFolder(Path.Combine(tokenizersPath, tokenizerId));
        if (tokenizer.Id is null) MakeOnce(tokenizerFolder.Path, IsTokenizer, folder => TrainTokenizer(corpus, tokenizer, tokenizerId, folder, progress, ct), ct);
        else FindInLibrary(tokenizer, tokenizerFolder, ct);

        var datasetId = Hash(Version, source, tokenizerId, data.ValidationFraction);
        var datasetFolder = Path.Combine(datasetsPath, datasetId);
        var tokenizerPath = tokenizerFolder.TokenizerPath;
        MakeOnce(datasetFolder, IsDataset, folder => Cut(corpus, data, tokenizerId, tokenizerPath, datasetId, folder, progress, ct), ct);

        var info = ReadInfo(datasetFolder)!;
        CheckLength("learn from", info.TrainTokens, contextLength);
        CheckLength("measure on", info.ValidationTokens, contextLength);
        return new PreparedDataset(info, Path.Combine(datasetFolder, "train.bin"), Path.Combine(datasetFolder, "val.bin"), tokenizerPath);
    }

    private static void TrainTokenizer(ICorpus corpus, TokenizerSpec spec, string id, string folder, Action<string, double>? progress, CancellationToken ct)
    {
        const string Stage = "Training the tokenizer";
        progress?.Invoke(Stage, 0);
        var options = new BpeTrainingOptions { VocabularySize = spec.VocabularySize, SplitPattern = spec.SplitPattern };
        var wanted = Math.Max(1, options.VocabularySize - 257);
        var vocabulary = BpeTrainer.Train(CorpusSlice.Beginning(corpus, spec.TrainingBytes, ct), options, new Report(merges => progress?.Invoke(Stage, (double)merges / wanted)), ct);
        progress?.Invoke(Stage, 1);
        new TokenizerFolder(folder).Fill(TextTokenizer.Create(vocabulary), new TokenizerInfo { Id = id, Corpus = corpus.Info.Id, Spec = spec });
    }

    /// <summary>Finds the tokenizer that a run is to use; a built-in one gets a folder as the others have.</summary>
    private static void FindInLibrary(TokenizerSpec spec, TokenizerFolder folder, CancellationToken ct)
    {
        if (BuiltInTokenizers.Ids.Contains(spec.Id!))
            MakeOnce(folder.Path, IsTokenizer, path => new TokenizerFolder(path).Fill(BuiltInTokenizers.Get(spec.Id!), new TokenizerInfo { Id = spec.Id!, Origin = TokenizerOrigin.BuiltIn }), ct);
        if (!File.Exists(folder.TokenizerPath))
            throw new TokenizerFormatException($"There is no tokenizer '{spec.Id}' in '{Path.GetDirectoryName(folder.Path)}'. It may have been deleted; choose another, or let the run learn one.");
        if (spec.Sha256 is { } expected && folder.Sha256() is var found && found != expected)
            throw new TokenizerFormatException($"{folder.TokenizerPath}: its SHA-256 is {found}, and the run asks for {expected}. The file was changed since; choose the tokenizer anew.");
        var size = TextTokenizer.Load(folder.TokenizerPath).VocabularySize;
        if (size != spec.VocabularySize)
            throw new TokenizerFormatException($"The tokenizer '{spec.Id}' has {size} tokens, and the run asks for {spec.VocabularySize}; set the vocabulary size to {size}.");
    }

    private static void Cut(
        ICorpus corpus, DataSpec data, string tokenizerId, string tokenizerPath, string id, string folder, Action<string, double>? progress, CancellationToken ct)
    {
        const string Stage = "Cutting the text into tokens";
        progress?.Invoke(Stage, 0);
        var writer = new DatasetWriter(TextTokenizer.Load(tokenizerPath), folder);
        var total = Math.Max(1.0, corpus.Info.ByteCount);
        writer.Write(CorpusSplit.Split(corpus, data.ValidationFraction, ct), done => progress?.Invoke(Stage, Math.Min(1, done / total)), ct);
        if (writer.ValidationTokens == 0) throw new CorpusTooShortException("No text is left to measure on; add text, or set a larger fraction apart.");
        WriteJson(Path.Combine(folder, "dataset.json"), new DatasetInfo
        {
            Id = id,
            Corpus = corpus.Info.Id,
            Tokenizer = tokenizerId,
            ValidationFraction = data.ValidationFraction,
            TrainSha256 = Sha256(writer.TrainPath),
            ValidationSha256 = Sha256(writer.ValidationPath),
            TokenizerSha256 = Sha256(tokenizerPath),
            TrainTokens = writer.TrainTokens,
            ValidationTokens = writer.ValidationTokens,
            BytesPerToken = writer.BytesPerToken,
            EntropyFloor = writer.EntropyFloor,
            EntropyFloorIsUpperBound = corpus.EntropyIsUpperBound,
        });
    }

    /// <summary>Fills a folder unless it stands there sound, by one process at a time.</summary>
    private static void MakeOnce(string folder, Func<string, bool> isSound, Action<string> fill, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        using var held = WaitForLock(folder + ".lock", ct);
        if (isSound(folder)) return;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        DurableFolder.Create(folder, fill);
    }

    private static FileStream WaitForLock(string path, CancellationToken ct)
    {
        while (true)
        {
            if (FileLock.TryAcquire(path) is { } held) return held;
            ct.WaitHandle.WaitOne(s_lockWait);
            ct.ThrowIfCancellationRequested();
        }
    }

    private static bool IsTokenizer(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "tokenizer_info.json"))) return false;
        try
        {
            _ = TextTokenizer.Load(Path.Combine(folder, "tokenizer.json"));
            return true;
        }
        catch (Exception e) when (e is TokenizerFormatException or FileNotFoundException)
        {
            return false; // made again
        }
    }

    private static bool IsDataset(string folder)
    {
        if (ReadInfo(folder) is not { } info) return false;
        try
        {
            using var train = TokenShard.Open(Path.Combine(folder, "train.bin"));
            using var validation = TokenShard.Open(Path.Combine(folder, "val.bin"));
            return train.Count == info.TrainTokens && validation.Count == info.ValidationTokens;
        }
        catch (Exception e) when (e is ShardFormatException or FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // made again
        }
    }

    private static DatasetInfo? ReadInfo(string folder)
    {
        var path = Path.Combine(folder, "dataset.json");
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<DatasetInfo>(File.ReadAllText(path), RunJson.Indented);
        }
        catch (JsonException)
        {
            return null; // damaged: made again
        }
    }

    private static void WriteJson<T>(string path, T content) => File.WriteAllText(path, JsonSerializer.Serialize(content, RunJson.Indented));

    /// <summary>Says that two corpora hold the same text: by the hash of a stored one, by counts and the first documents of a generated one.</summary>
    private static string Fingerprint(ICorpus corpus, CancellationToken ct)
    {
        var info = corpus.Info;
        if (info.Sha256.Length > 0) return info.Sha256;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var document in corpus.ReadDocuments(ct).Take(64)) hash.AppendData(Encoding.UTF8.GetBytes(document.Text));
        return $"{info.Id}:{info.DocumentCount}:{info.ByteCount}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private static string Hash(params object[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts, RunJson.Line)))[..16];

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void CheckLength(string purpose, long tokens, int contextLength)
    {
        if (tokens > contextLength) return;
        throw new CorpusTooShortException(
            $"The corpus gives {tokens} tokens to {purpose}; a context of {contextLength} and the token after it need {contextLength + 1}. Add text, choose a shorter context"
            + (purpose == "measure on" ? ", or set a larger fraction apart for validation." : "."));
    }

    private sealed class Report(Action<int> report) : ITrainingObserver
    {
        private int _merges;

        public void OnMerge(LearnedMerge merge)
        {
            if (++_merges % 64 == 0) report(_merges);
        }
    }
}

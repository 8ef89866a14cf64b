using TinyLM.Lab.Hosting;
using TinyLM.Lab.Security;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Library;

/// <summary>Learns tokenizers one after the other on a thread of the pool. Thread-safe; disposing it ends them.</summary>
internal sealed class TokenizerTrainings(LabDirectory directory, [FromKeyedServices(Guarding.Inside)] ICorpusLibrary corpora, TokenizerLibrary library, TimeProvider time, ILogger<TokenizerTrainings> logger) : ITokenizerTrainings, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<TokenizerTrainingJob> _jobs = [];
    private Task _last = Task.CompletedTask;

    /// <inheritdoc/>
    public string Start(string name, TokenizerTrainingSettings settings)
    {
        var problems = settings.Validate().ToList();
        if (settings.Corpus is { Length: > 0 } corpus && corpora.Find(corpus) is null) problems.Add($"There is no corpus '{corpus}' in the library; choose another or add it.");
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(settings));

        lock (_lock)
        {
            var job = new TokenizerTrainingJob($"t{_jobs.Count + 1}", TokenizerFolder.NameFrom(name), settings, time.GetUtcNow());
            _jobs.Insert(0, job);
            _last = _last.ContinueWith(_ => Run(job), CancellationToken.None, TaskContinuationOptions.LongRunning, TaskScheduler.Default);
            return job.Id;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TokenizerTraining> List()
    {
        lock (_lock) return [.. _jobs.Select(job => job.Read(int.MaxValue).Training)];
    }

    /// <inheritdoc/>
    public TokenizerTrainingUpdate? Read(string trainingId, int firstMerge) => Find(trainingId)?.Read(firstMerge);

    /// <inheritdoc/>
    public void Cancel(string trainingId) => Find(trainingId)?.Cancel();

    /// <summary>Ends what runs and what waits.</summary>
    public void Dispose()
    {
        lock (_lock)
            foreach (var job in _jobs) job.Cancel();
        _last.Wait();
        foreach (var job in _jobs) job.Dispose();
    }

    private TokenizerTrainingJob? Find(string trainingId)
    {
        lock (_lock) return _jobs.Find(job => job.Id == trainingId);
    }

    private void Run(TokenizerTrainingJob job)
    {
        try
        {
            job.Begin();
            var corpus = CorpusSource.Open(directory, new DataSpec { Corpus = job.Settings.Corpus });
            job.Wants(Math.Max(1, Math.Min(job.Settings.TrainingBytes ?? long.MaxValue, corpus.Info.ByteCount)));
            var vocabulary = BpeTrainer.Train(CorpusSlice.Beginning(corpus, job.Settings.TrainingBytes, job.Token), job.Settings.ToOptions(), job, job.Token);
            if (job.IsEmpty) throw new CorpusFormatException("The corpus holds no text to learn from; choose another.");

            var now = time.GetUtcNow();
            var info = library.Keep(TextTokenizer.Create(vocabulary), new TokenizerInfo
            {
                Id = TokenizerFolder.NewId(now),
                Name = job.Name,
                Origin = TokenizerOrigin.Trained,
                AddedAt = now,
                Corpus = job.Settings.Corpus,
                Training = job.Settings,
                Description = $"Learned from the corpus “{corpus.Info.Name}”.",
            });
            job.End(TokenizerTrainingStage.Done, tokenizerId: info.Id);
        }
        catch (OperationCanceledException) when (job.Token.IsCancellationRequested)
        {
            job.End(TokenizerTrainingStage.Cancelled);
        }
        catch (Exception e)
        {
            if (e is not (CorpusFormatException or IOException or UnauthorizedAccessException or InvalidOperationException)) logger.LogError(e, "The tokenizer '{Name}' could not be learned.", job.Name);
            job.End(TokenizerTrainingStage.Failed, problem: e.Message);
        }
    }
}

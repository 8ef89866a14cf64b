using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Library;

/// <summary>A tokenizer being learned: one thread learns, any number read how it stands.</summary>
internal sealed class TokenizerTrainingJob : ITrainingObserver, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _lock = new();
    private readonly List<LearnedMerge> _merges = [];
    private TokenizerTraining _state;
    private long _bytesWanted = 1;

    public TokenizerTrainingJob(string id, string name, TokenizerTrainingSettings settings, DateTimeOffset askedAt) => _state = new TokenizerTraining
    {
        Id = id,
        Name = name,
        Settings = settings,
        Stage = TokenizerTrainingStage.Waiting,
        Fraction = 0,
        MergeCount = 0,
        MergesWanted = settings.VocabularySize - 257 - settings.SpecialTokens.Count,
        AskedAt = askedAt,
    };

    /// <summary>Its id.</summary>
    public string Id => _state.Id;

    /// <summary>What a person calls the tokenizer.</summary>
    public string Name => _state.Name;

    /// <summary>What is asked.</summary>
    public TokenizerTrainingSettings Settings => _state.Settings;

    /// <summary>Says when to end.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Whether the text was read and is empty.</summary>
    public bool IsEmpty => _state.ByteCount == 0;

    /// <summary>How it stands, with the merges from a place on.</summary>
    public TokenizerTrainingUpdate Read(int firstMerge)
    {
        lock (_lock)
        {
            var first = Math.Clamp(firstMerge, 0, _merges.Count);
            return new(_state with { MergeCount = _merges.Count, Fraction = _state.Stage == TokenizerTrainingStage.Merging ? _merges.Count / (double)Math.Max(1, _state.MergesWanted) : _state.Fraction }, _merges[first..]);
        }
    }

    /// <summary>Ends it soon.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>It is its turn.</summary>
    public void Begin()
    {
        Token.ThrowIfCancellationRequested();
        Change(state => state with { Stage = TokenizerTrainingStage.Reading });
    }

    /// <summary>How many bytes will be read, about.</summary>
    public void Wants(long bytes) => _bytesWanted = bytes;

    /// <summary>It has ended.</summary>
    public void End(TokenizerTrainingStage stage, string? tokenizerId = null, string? problem = null) =>
        Change(state => state with { Stage = stage, TokenizerId = tokenizerId, Problem = problem, Fraction = stage == TokenizerTrainingStage.Done ? 1 : state.Fraction });

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    /// <inheritdoc/>
    public void OnRead(long characters) => Change(state => state with { Fraction = Math.Min(1, (double)characters / _bytesWanted) });

    /// <inheritdoc/>
    public void OnCounted(int differentChunks, long bytes) =>
        Change(state => state with { Stage = TokenizerTrainingStage.Merging, Fraction = 0, ByteCount = bytes, DifferentChunks = differentChunks });

    /// <inheritdoc/>
    public void OnMerge(LearnedMerge merge)
    {
        lock (_lock) _merges.Add(merge);
    }

    private void Change(Func<TokenizerTraining, TokenizerTraining> change)
    {
        lock (_lock) _state = change(_state);
    }
}

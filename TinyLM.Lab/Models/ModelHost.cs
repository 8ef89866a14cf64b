using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Models;

/// <summary>Writes with the checkpoints of runs: loaded once, shared, freed when idle.</summary>
/// <remarks>
/// A model computes for as long as it writes. So texts are written on the pool, away from the circuit that asked, all texts of
/// one model together (<see cref="TextBatcher"/>), each into a short channel: a slow reader holds its text back, and a reader
/// that leaves ends it before the next token.
/// </remarks>
internal sealed class ModelHost : IModelHost, IDisposable
{
    private const int PiecesAhead = 32;

    private readonly CheckpointShelf _shelf;
    private readonly ModelCache _cache;
    private readonly ConditionalWeakTable<LoadedModel, TextBatcher> _batchers = [];
    private readonly SemaphoreSlim _passes;
    private readonly CancellationTokenSource _stopping = new();
    private int _writing; // texts

    /// <param name="shelf">Where the checkpoints are.</param>
    /// <param name="options">What models may take of the machine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what is loaded.</param>
    public ModelHost(CheckpointShelf shelf, ModelHostOptions options, TimeProvider time, ILogger<ModelHost> logger)
    {
        _shelf = shelf;
        _passes = new SemaphoreSlim(options.ConcurrentPasses);
        _cache = new ModelCache(Load, options, time);

        LoadedModel Load(string folder)
        {
            var startedAt = time.GetTimestamp();
            var model = LoadedModel.Load(folder, options.Weights, Math.Clamp(options.Threads, 1, Environment.ProcessorCount));
            logger.LogInformation("Loaded {Checkpoint}: {Megabytes:F1} MB in {Milliseconds:F0} ms.", folder, model.ByteCount / 1e6, time.GetElapsedTime(startedAt).TotalMilliseconds);
            return model;
        }
    }

    /// <summary>Whether a text is being written.</summary>
    internal bool IsWriting => Volatile.Read(ref _writing) > 0;

    /// <summary>Models in memory now.</summary>
    internal int LoadedCount => _cache.Count;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<int>> ListCheckpointsAsync(string runId) =>
        _shelf.IsChecked(runId) ? _shelf.ListSteps(runId) : await Task.Run(() => _shelf.ListSteps(runId));

    /// <inheritdoc/>
    public Task<ModelLoan> BorrowAsync(ModelReference model, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            var checkpoint = CheckpointIdentity.Of(_shelf.Find(model));
            var loan = _cache.Borrow(checkpoint);
            var step = model.Origin == ModelOrigin.Run ? RunFolder.CheckpointStep(Path.GetFileName(checkpoint.Folder)) : null;
            return new ModelLoan(loan.Model.Model, loan.Model.Tokenizer, checkpoint.ToString(), step, loan.Dispose) { Chat = loan.Model.Chat };
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<NextToken> PredictAsync(ModelReference model, TextRequest request, CancellationToken cancellationToken = default) => Task.Run(
        async () =>
        {
            using var loan = _cache.Borrow(CheckpointIdentity.Of(_shelf.Find(model)));
            await _passes.WaitAsync(cancellationToken);
            try
            {
                return TextGeneration.Predict(loan.Model, request);
            }
            finally
            {
                _passes.Release();
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<GeneratedPiece> GenerateAsync(
        ModelReference model, TextRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        request.EnsureSound();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var pieces = Channel.CreateBounded<GeneratedPiece>(new BoundedChannelOptions(PiecesAhead) { SingleReader = true, SingleWriter = true });
        var writing = Task.Run(() => WriteAsync(model, request, pieces.Writer, leaving.Token), CancellationToken.None);
        try
        {
            await foreach (var piece in pieces.Reader.ReadAllAsync(cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested(); // what was written ahead is not wanted any more
                yield return piece;
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await writing;
        }
    }

    /// <summary>Fills the channel; whatever goes wrong closes it and reaches the reader there.</summary>
    private async Task WriteAsync(ModelReference model, TextRequest request, ChannelWriter<GeneratedPiece> pieces, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            using var loan = _cache.Borrow(CheckpointIdentity.Of(_shelf.Find(model)));
            var batcher = _batchers.GetValue(loan.Model, loaded => new TextBatcher(loaded, _passes));
            await batcher.WriteAsync(request, pieces, cancellationToken);
            pieces.Complete();
        }
        catch (Exception e)
        {
            pieces.Complete(e);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    /// <summary>Ends what is being written.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _cache.Dispose();
    }
}

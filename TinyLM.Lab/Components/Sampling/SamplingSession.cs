using System.Diagnostics;
using TinyLM.Lab.Models;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Sampling;

/// <summary>
/// What one run's model is asked to write and what it has written so far. It lives in the lab and not in a page, so a
/// reload, a lost connection or a second window finds it as it stands. Thread-safe.
/// </summary>
public sealed class SamplingSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IModelHost _models;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly string _runId;
    private readonly List<GeneratedPiece> _pieces = [];
    private SamplingRequest _request = new();
    private SamplingOutput _output = SamplingOutput.None;
    private CancellationTokenSource? _stop;
    private long _startedAt;
    private int _version;

    internal SamplingSession(IModelHost models, string runId, TimeProvider time, ILogger logger)
    {
        _models = models;
        _runId = runId;
        _time = time;
        _logger = logger;
    }

    /// <summary>What is asked for at the next start.</summary>
    public SamplingRequest Request
    {
        get { lock (_lock) return _request; }
        set
        {
            lock (_lock)
            {
                if (_request == value) return;
                _request = value;
                _version++;
            }
        }
    }

    /// <summary>Grows with every change.</summary>
    public int Version
    {
        get { lock (_lock) return _version; }
    }

    /// <summary>What has been written so far, as it stands now.</summary>
    public SamplingOutput Read()
    {
        lock (_lock)
        {
            var seconds = _output.IsRunning ? _time.GetElapsedTime(_startedAt).TotalSeconds : _output.Seconds;
            return _output with { Pieces = [.. _pieces], Seconds = seconds };
        }
    }

    /// <summary>Begins to write as <see cref="Request"/> says, in place of whatever was being written.</summary>
    public void Start()
    {
        SamplingRequest request;
        CancellationToken cancellationToken;
        lock (_lock)
        {
            _stop?.Cancel();
            _stop = new CancellationTokenSource();
            cancellationToken = _stop.Token;
            if (_request.NewSeedEachTime) _request = _request with { Settings = _request.Settings with { Seed = (ulong)Random.Shared.NextInt64(1, 1_000_000) } };
            request = _request;
            _pieces.Clear();
            _output = SamplingOutput.None with { Request = request, IsRunning = true };
            _startedAt = _time.GetTimestamp();
            _version++;
        }

        // A model computes for as long as it writes: on the pool, never on the circuit that asked.
        _ = Task.Run(() => WriteAsync(request, cancellationToken), CancellationToken.None);
    }

    /// <summary>Ends the writing; what was written stays.</summary>
    public void Stop()
    {
        lock (_lock) _stop?.Cancel();
    }

    private async Task WriteAsync(SamplingRequest request, CancellationToken cancellationToken)
    {
        FinishReason? reason = null;
        string? problem = null;
        try
        {
            await foreach (var piece in _models.GenerateAsync(ModelReference.OfRun(_runId, request.Step), new TextRequest { Prompt = request.Prompt, Settings = request.Settings }, cancellationToken))
            {
                reason = piece.FinishReason;
                Add(piece, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A person stopped it, or asked for something else.
        }
        catch (ModelUnavailableException e)
        {
            problem = e.Message;
        }
        catch (Exception e)
        {
            _logger.LogError(e, "Sampling from run {RunId} failed.", _runId);
            problem = $"The model could not go on: {e.Message} The lab's log tells more.";
        }

        Finish(reason, problem, cancellationToken);
    }

    private void Add(GeneratedPiece piece, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            cancellationToken.ThrowIfCancellationRequested(); // a newer start owns the output now
            _pieces.Add(piece);
            _version++;
        }
    }

    private void Finish(FinishReason? reason, string? problem, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Debug.Assert(_stop is not null, "A session that writes was started.");
            if (_stop.Token != cancellationToken) return; // a newer start owns the output now
            _output = _output with
            {
                IsRunning = false,
                FinishReason = reason,
                Problem = problem,
                WasStopped = cancellationToken.IsCancellationRequested,
                Seconds = _time.GetElapsedTime(_startedAt).TotalSeconds,
            };
            _version++;
        }
    }

    /// <summary>Ends the writing when the lab ends.</summary>
    public void Dispose() => Stop();
}

using System.Runtime.ExceptionServices;

namespace TinyLM.Model.Training;

/// <summary>A few threads that do the same work on different parts, over and over. The caller is one of them.</summary>
/// <remarks>
/// libtorch wants few threads that stay the same, each with its settings; so neither the pool nor a thread a step. Between two
/// pieces of work they sleep, and so are never inside libtorch when their owner is not.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _others;
    private readonly SemaphoreSlim[] _go;
    private readonly CountdownEvent _done = new(1);
    private Action<int>? _work;
    private ExceptionDispatchInfo? _failure;

    /// <param name="count">Members, the caller counted.</param>
    /// <param name="prepare">What each does first on its own thread.</param>
    public WorkerTeam(int count, Action prepare)
    {
        Count = count;
        _go = [.. Enumerable.Range(1, count - 1).Select(_ => new SemaphoreSlim(0))];
        _others = [.. Enumerable.Range(1, count - 1).Select(member => new Thread(() => Work(member, prepare)) { Name = $"Training {member}", IsBackground = true })];
        foreach (var thread in _others) thread.Start();
        prepare();
    }

    /// <summary>Members, the caller counted.</summary>
    public int Count { get; }

    /// <summary>Lets each member work on its part and waits for all.</summary>
    /// <param name="work">Gets the number of the member, from 0.</param>
    public void Run(Action<int> work)
    {
        if (Count == 1)
        {
            work(0);
            return;
        }
        _work = work;
        _done.Reset(Count);
        foreach (var go in _go) go.Release();
        Do(0, first: null);
        _done.Wait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure) failure.Throw();
    }

    /// <summary>The part of some numbers that is a member's: whole cache lines, so that no two write to one.</summary>
    public (long Start, long End) Part(long count, int member)
    {
        const int Line = 16;
        var length = (count / Count + Line) / Line * Line;
        return (Math.Min(count, member * length), Math.Min(count, (member + 1) * length));
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        _work = null;
        foreach (var go in _go) go.Release();
        foreach (var thread in _others) thread.Join();
        foreach (var go in _go) go.Dispose();
        _done.Dispose();
    }

    private void Work(int member, Action prepare)
    {
        var prepared = false;
        while (true)
        {
            _go[member - 1].Wait();
            if (_work is null) return;
            Do(member, prepared ? null : prepare);
            prepared = true;
        }
    }

    private void Do(int member, Action? first)
    {
        try
        {
            first?.Invoke();
            _work!(member);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
        finally
        {
            _done.Signal();
        }
    }
}

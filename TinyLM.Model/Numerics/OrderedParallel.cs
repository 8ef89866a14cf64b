namespace TinyLM.Model.Numerics;

/// <summary>Work on all processors whose results come in the order of the source.</summary>
internal static class OrderedParallel
{
    /// <summary>Applies a function to each item; the source is read, and the results are handed out, on the calling thread.</summary>
    /// <remarks>A few items are in work at a time, so memory stays bounded however long the source is. Errors come as they are.</remarks>
    public static IEnumerable<TResult> Select<TSource, TResult>(IEnumerable<TSource> source, Func<TSource, TResult> function, CancellationToken ct)
    {
        var ahead = 2 * Environment.ProcessorCount;
        var work = new Queue<Task<TResult>>(ahead);
        foreach (var item in source)
        {
            ct.ThrowIfCancellationRequested();
            if (work.Count == ahead) yield return Await(work.Dequeue());
            work.Enqueue(Task.Run(() => function(item), ct));
        }
        while (work.Count > 0)
        {
            ct.ThrowIfCancellationRequested();
            yield return Await(work.Dequeue());
        }

        static TResult Await(Task<TResult> task) => task.GetAwaiter().GetResult(); // the engine is synchronous: the caller's thread has nothing else to do
    }
}

using TinyLM.Model.Corpora;

namespace TinyLM.Model.Runs;

/// <summary>Does a run, from its corpus to its last checkpoint, on the calling thread; carries on where an earlier worker left off.</summary>
/// <param name="run">The run; its folder and <c>run.json</c> exist.</param>
/// <param name="corpus">What <c>run.json</c> names as the corpus.</param>
/// <param name="tokenizersPath">Folder of the library's tokenizers.</param>
/// <param name="datasetsPath">Folder of the library's datasets.</param>
/// <param name="clock">Tells the time of events.</param>
public sealed class RunWorker(RunFolder run, ICorpus corpus, string tokenizersPath, string datasetsPath, TimeProvider clock)
{
    /// <summary>Prepares, trains, samples and saves until the run ends or is to end.</summary>
    /// <param name="control">What others ask meanwhile.</param>
    /// <returns>Completed, Stopped, Interrupted or Failed; the reason stands in the status event.</returns>
    /// <param name="held">The run's lock; the caller frees it.</param>
    /// <exception cref="IOException">Events cannot be written.</exception>
    public RunStatus Run(RunControl control, RunLock held)
    {
        _ = (held, run, corpus, tokenizersPath, datasetsPath, clock, control);
        throw new NotImplementedException();
    }
}

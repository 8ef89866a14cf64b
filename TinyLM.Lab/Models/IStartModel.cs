using TinyLM.Model.Runs;

namespace TinyLM.Lab.Models;

/// <summary>Lets a run begin with the weights of a model that there is.</summary>
public interface IStartModel
{
    /// <summary>Settings for a run that begins with a model: its shape, and its tokenizer, which comes into the library where it is not there.</summary>
    /// <param name="spec">What the run is asked otherwise.</param>
    /// <param name="model">A checkpoint of a run, or an imported model.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ModelUnavailableException">There is no such model, or it has no tokenizer; in words.</exception>
    Task<RunSpec> BeginWithAsync(RunSpec spec, ModelReference model, CancellationToken cancellationToken = default);
}

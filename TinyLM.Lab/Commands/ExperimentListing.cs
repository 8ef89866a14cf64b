using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary>What <c>scaling experiment --json</c> prints.</summary>
/// <param name="Group">Id of the group that its runs are in; each layout has its own.</param>
/// <param name="Seconds">What all of it takes.</param>
/// <param name="PreparationSeconds">The part of that which prepares the text.</param>
/// <param name="Source">Where the times come from, in words.</param>
/// <param name="Runs">The runs in their order.</param>
internal sealed record ExperimentListing(string Group, double Seconds, double PreparationSeconds, string Source, IReadOnlyList<ExperimentListingRun> Runs)
{
    /// <summary>The listing of a layout.</summary>
    public static ExperimentListing Of(ScalingExperiment plan, string source) => new(
        plan.Group.Id, Math.Round(plan.Time.TotalSeconds, 1), Math.Round(plan.Preparation.TotalSeconds, 1), source,
        [
            .. plan.Runs.Select(run => new ExperimentListingRun(
                run.Place.Parameters, run.Place.Tokens, run.Place.Compute, run.Spec.Model.EmbeddingSize, run.Spec.Model.LayerCount, run.Spec.Training.Steps, run.Spec.Training.LearningRate, Math.Round(run.Time.TotalSeconds, 1))),
        ]);
}

/// <summary>A run of the listing.</summary>
/// <param name="Parameters">Its parameters, tables counted.</param>
/// <param name="Tokens">Tokens that it learns from.</param>
/// <param name="Compute">6ND.</param>
/// <param name="Width">Width of the model.</param>
/// <param name="Layers">Its layers.</param>
/// <param name="Steps">Steps.</param>
/// <param name="LearningRate">Highest learning rate.</param>
/// <param name="Seconds">What it takes, its start counted.</param>
internal sealed record ExperimentListingRun(double Parameters, double Tokens, double Compute, int Width, int Layers, int Steps, double LearningRate, double Seconds);

using TinyLM.Lab.Library;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Trainings that go on as a test says: each learns the merges of a rhyme.</summary>
public sealed class FakeTokenizerTrainings : ITokenizerTrainings
{
    private readonly List<TokenizerTraining> _trainings = [];

    /// <summary>The merges that every training finds.</summary>
    public IReadOnlyList<LearnedMerge> Merges { get; } = Learn();

    /// <summary>Trainings that were cancelled.</summary>
    public List<string> Cancelled { get; } = [];

    /// <inheritdoc/>
    public string Start(string name, TokenizerTrainingSettings settings)
    {
        if (settings.Corpus == "gone") throw new ArgumentException("There is no corpus 'gone'.", nameof(settings));
        var id = $"training-{_trainings.Count + 1}";
        _trainings.Insert(0, new TokenizerTraining
        {
            Id = id,
            Name = name,
            Settings = settings,
            Stage = TokenizerTrainingStage.Reading,
            Fraction = 0,
            MergeCount = 0,
            MergesWanted = Merges.Count,
            AskedAt = TestRuns.Start,
        });
        return id;
    }

    /// <summary>Lets a training come as far as some merges.</summary>
    public void Advance(string id, int merges) => Change(id, training => training with
    {
        Stage = TokenizerTrainingStage.Merging,
        MergeCount = merges,
        Fraction = (double)merges / Merges.Count,
        ByteCount = FakeTokenizerLibrary.Rhyme.Length,
        DifferentChunks = 17,
    });

    /// <summary>Lets a training end.</summary>
    public void Finish(string id, string tokenizerId)
    {
        Advance(id, Merges.Count);
        Change(id, training => training with { Stage = TokenizerTrainingStage.Done, Fraction = 1, TokenizerId = tokenizerId });
    }

    /// <summary>Lets a training fail.</summary>
    public void Fail(string id, string problem) => Change(id, training => training with { Stage = TokenizerTrainingStage.Failed, Problem = problem });

    /// <inheritdoc/>
    public IReadOnlyList<TokenizerTraining> List() => [.. _trainings];

    /// <inheritdoc/>
    public TokenizerTrainingUpdate? Read(string trainingId, int firstMerge) =>
        _trainings.FirstOrDefault(training => training.Id == trainingId) is { } found ? new(found, [.. Merges.Take(found.MergeCount).Skip(firstMerge)]) : null;

    /// <inheritdoc/>
    public void Cancel(string trainingId)
    {
        Cancelled.Add(trainingId);
        Change(trainingId, training => training with { Stage = TokenizerTrainingStage.Cancelled });
    }

    private static List<LearnedMerge> Learn()
    {
        var merges = new Observer();
        BpeTrainer.Train([FakeTokenizerLibrary.Rhyme], new BpeTrainingOptions { VocabularySize = 300, MayEndEarly = true }, merges);
        return merges.Found;
    }

    private void Change(string id, Func<TokenizerTraining, TokenizerTraining> change)
    {
        var at = _trainings.FindIndex(training => training.Id == id);
        _trainings[at] = change(_trainings[at]);
    }

    private sealed class Observer : ITrainingObserver
    {
        public List<LearnedMerge> Found { get; } = [];

        public void OnMerge(LearnedMerge merge) => Found.Add(merge);
    }
}

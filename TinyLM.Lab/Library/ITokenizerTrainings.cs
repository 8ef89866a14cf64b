using TinyLM.Lab.Security;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Library;

/// <summary>Tokenizers being learned in the background, one at a time; what is done is remembered until the lab ends. Thread-safe.</summary>
public interface ITokenizerTrainings
{
    /// <summary>Puts a training at the end of the queue.</summary>
    /// <param name="name">What a person calls the tokenizer; never used as a path.</param>
    /// <param name="settings">What is asked.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentException">The settings break a rule, or there is no such corpus: the message says what to change.</exception>
    [Spends(Allowance.Start)]
    string Start(string name, TokenizerTrainingSettings settings);

    /// <summary>All trainings, the newest first.</summary>
    [OpenToViewers]
    IReadOnlyList<TokenizerTraining> List();

    /// <summary>How a training stands, with the merges from a place on; null where there is none.</summary>
    /// <param name="trainingId">The training.</param>
    /// <param name="firstMerge">Merges that the caller has already.</param>
    [OpenToViewers]
    TokenizerTrainingUpdate? Read(string trainingId, int firstMerge);

    /// <summary>Ends a training; asking twice does no more than asking once.</summary>
    void Cancel(string trainingId);
}

/// <summary>How a training stands.</summary>
public sealed record TokenizerTraining
{
    /// <summary>Its id, not the tokenizer's.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls the tokenizer.</summary>
    public required string Name { get; init; }

    /// <summary>What is asked.</summary>
    public required TokenizerTrainingSettings Settings { get; init; }

    /// <summary>What is being done.</summary>
    public required TokenizerTrainingStage Stage { get; init; }

    /// <summary>How much of the stage is done, from 0 to 1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Merges found so far.</summary>
    public required int MergeCount { get; init; }

    /// <summary>Merges that are looked for; fewer are found where no pair is frequent enough.</summary>
    public required int MergesWanted { get; init; }

    /// <summary>Bytes of text that it learns from, known once they are read.</summary>
    public long? ByteCount { get; init; }

    /// <summary>Different chunks in the text, known once it is read.</summary>
    public int? DifferentChunks { get; init; }

    /// <summary>Id of the tokenizer in the library, once it is there.</summary>
    public string? TokenizerId { get; init; }

    /// <summary>Why it failed, in words.</summary>
    public string? Problem { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset AskedAt { get; init; }
}

/// <summary>How a training stands, and what is new.</summary>
/// <param name="Training">How it stands.</param>
/// <param name="Merges">The merges from the place asked for on; <see cref="LearnedMerge.TokenCount"/> gives the curve of compression.</param>
public sealed record TokenizerTrainingUpdate(TokenizerTraining Training, IReadOnlyList<LearnedMerge> Merges);

/// <summary>What a training is doing.</summary>
public enum TokenizerTrainingStage
{
    /// <summary>It waits for another to end.</summary>
    Waiting,

    /// <summary>It reads the corpus and counts chunks.</summary>
    Reading,

    /// <summary>It finds merges.</summary>
    Merging,

    /// <summary>The tokenizer is in the library.</summary>
    Done,

    /// <summary>It could not be done.</summary>
    Failed,

    /// <summary>A person ended it.</summary>
    Cancelled,
}

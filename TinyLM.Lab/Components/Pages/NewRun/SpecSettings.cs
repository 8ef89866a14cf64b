using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Components.Pages.NewRun;

/// <summary>The settings that the form shows, in groups, each explained in one line.</summary>
internal static class SpecSettings
{
    /// <summary>Of the built-in stories.</summary>
    public static IReadOnlyList<SpecSetting> Stories { get; } =
    [
        Of("Text", "How much the story world writes.", "bytes", s => s.Data.StoryBytes, (s, v) => s with { Data = s.Data with { StoryBytes = v } }),
        Of("Story seed", "Another seed gives other stories.", null, s => s.Data.StorySeed, (s, v) => s with { Data = s.Data with { StorySeed = v } }),
    ];

    /// <summary>Of any text.</summary>
    public static IReadOnlyList<SpecSetting> Data { get; } =
    [
        Of("Validation fraction", "Documents set apart to measure the loss on text never trained on.", null,
            s => s.Data.ValidationFraction, (s, v) => s with { Data = s.Data with { ValidationFraction = v } }),
    ];

    /// <summary>Of the tokenizer.</summary>
    public static IReadOnlyList<SpecSetting> Tokenizer { get; } =
    [
        Of("Vocabulary size", "256 bytes, the merges learned from the text, and the end-of-text token.", "tokens", s => s.Tokenizer.VocabularySize,
            (s, v) => s with { Tokenizer = s.Tokenizer with { VocabularySize = v }, Model = s.Model with { VocabularySize = v } }),
        Of("Learned from", "How much of the text the merges are learned from.", "bytes",
            s => s.Tokenizer.TrainingBytes, (s, v) => s with { Tokenizer = s.Tokenizer with { TrainingBytes = v } }),
        Of("Split pattern", "The rule that cuts text into words before byte pairs are merged.", null,
            s => s.Tokenizer.SplitPattern, (s, v) => s with { Tokenizer = s.Tokenizer with { SplitPattern = v } }),
    ];

    /// <summary>Of any model.</summary>
    public static IReadOnlyList<SpecSetting> Model { get; } =
    [
        Of("Family", "GPT-2: LayerNorm, GELU, learned positions. Llama: RMSNorm, SwiGLU, rotary positions, no biases.", null, s => s.Model.Family, (s, v) => s with { Model = Become(v, s.Model) }),
        Of("Layers", "Transformer blocks, one after the other.", null, s => s.Model.LayerCount, (s, v) => s with { Model = s.Model with { LayerCount = v } }),
        Of("Width", "Numbers that stand for each token; a multiple of the heads.", null, s => s.Model.EmbeddingSize, (s, v) => s with { Model = s.Model with { EmbeddingSize = v } }),
        Of("Heads", "Ways of looking back in each block; they share the width.", null, s => s.Model.HeadCount, (s, v) => s with { Model = s.Model with { HeadCount = v } }),
        Of("Context length", "How far back the model sees.", "tokens", s => s.Model.ContextLength, (s, v) => s with { Model = s.Model with { ContextLength = v } }),
        Of("Feed-forward width", "Inside each block's second half; 0 for the family's own: 4 widths in GPT-2, about 8/3 in Llama.", null, s => s.Model.FeedForwardSize, (s, v) => s with { Model = s.Model with { FeedForwardSize = v } }),
    ];

    /// <summary>Of a Llama.</summary>
    public static IReadOnlyList<SpecSetting> Llama { get; } =
    [
        Of("Key/value heads", "Each is shared by as many heads, which saves memory when writing; 0 for one a head.", null, s => s.Model.KeyValueHeadCount, (s, v) => s with { Model = s.Model with { KeyValueHeadCount = v } }),
        Of("Rotary base", "The larger, the more slowly the far dimensions turn with the position.", null, s => s.Model.RotaryBase, (s, v) => s with { Model = s.Model with { RotaryBase = v } }),
        Of("Head", "Whether the table that reads tokens also scores them.", null, s => s.Model.TiedHead, (s, v) => s with { Model = s.Model with { TiedHead = v } }),
    ];

    /// <summary>Of the training: what most runs change.</summary>
    public static IReadOnlyList<SpecSetting> Training { get; } =
    [
        Of("Steps", "Updates of the weights.", null, s => s.Training.Steps, (s, v) => s with { Training = s.Training with { Steps = v } }),
        Of("Batch size", "Sequences read at once.", "sequences", s => s.Training.BatchSize, (s, v) => s with { Training = s.Training with { BatchSize = v } }),
        Of("Learning rate", "How far each step goes: too small is slow, too large diverges.", null, s => s.Training.LearningRate, (s, v) => s with { Training = s.Training with { LearningRate = v } }),
        Of("Optimizer", "AdamW suits everything; Muon learns faster a step by updates of the blocks' matrices that push in all directions alike.", null, s => s.Training.Optimizer, (s, v) => s with { Training = s.Training with { Optimizer = v } }),
        Of("Warm-up", "Steps over which the learning rate rises from zero.", "steps", s => s.Training.WarmupSteps, (s, v) => s with { Training = s.Training with { WarmupSteps = v } }),
        Of("Seed", "Of the first weights, the batches and the samples.", null, s => s.Training.Seed, (s, v) => s with { Training = s.Training with { Seed = v } }),
        Of("Precision", "Number format of the matrix products.", null, s => s.Training.Precision, (s, v) => s with { Training = s.Training with { Precision = v } }),
    ];

    /// <summary>Of the training: what is rarely changed.</summary>
    public static IReadOnlyList<SpecSetting> Advanced { get; } =
    [
        Of("Gradient accumulation", "Batches whose gradients are averaged before one step.", null, s => s.Training.GradientAccumulation, (s, v) => s with { Training = s.Training with { GradientAccumulation = v } }),
        Of("Token budget", "Tokens of each step, in as many batches as it takes; 0 for those of the gradient accumulation.", "tokens", s => s.Training.TokenBudget, (s, v) => s with { Training = s.Training with { TokenBudget = v } }),
        Of("Sequence length", "Tokens in each training sequence; 0 for the context length.", "tokens", s => s.Training.SequenceLength, (s, v) => s with { Training = s.Training with { SequenceLength = v } }),
        Of("Order of the text", "Shuffled windows, windows that begin with a document, or from start to end.", null, s => s.Training.DataOrder, (s, v) => s with { Training = s.Training with { DataOrder = v } }),
        Of("Schedule", "How the learning rate goes on after the warm-up.", null, s => s.Training.Schedule, (s, v) => s with { Training = s.Training with { Schedule = v } }),
        Of("Decay fraction", "Part of the steps in which the rate falls, under warm-up–stable–decay.", null, s => s.Training.DecayFraction, (s, v) => s with { Training = s.Training with { DecayFraction = v } }),
        Of("Final learning rate", "At the end of its fall, as a fraction of the highest.", null, s => s.Training.FinalLearningRateFraction, (s, v) => s with { Training = s.Training with { FinalLearningRateFraction = v } }),
        Of("Weight decay", "Pulls weights toward zero.", null, s => s.Training.WeightDecay, (s, v) => s with { Training = s.Training with { WeightDecay = v } }),
        Of("Decays", "What weight decay applies to.", null, s => s.Training.WeightDecayTarget, (s, v) => s with { Training = s.Training with { WeightDecayTarget = v } }),
        Of("Dropout", "Part of the numbers set to zero while learning, against learning by heart; 0 for none.", null, s => s.Training.Dropout, (s, v) => s with { Training = s.Training with { Dropout = v } }),
        Of("Gradient clip", "Longest gradient let through; 0 for any.", null, s => s.Training.GradientClip, (s, v) => s with { Training = s.Training with { GradientClip = v } }),
        Of("Beta 1", "How slowly AdamW's mean of gradients changes.", null, s => s.Training.Beta1, (s, v) => s with { Training = s.Training with { Beta1 = v } }),
        Of("Beta 2", "How slowly AdamW's mean of squared gradients changes.", null, s => s.Training.Beta2, (s, v) => s with { Training = s.Training with { Beta2 = v } }),
        Of("Epsilon", "AdamW's guard against division by zero.", null, s => s.Training.Epsilon, (s, v) => s with { Training = s.Training with { Epsilon = v } }),
        Of("Muon's learning rate", "For the blocks' matrices; 0 for the learning rate.", null, s => s.Training.MuonLearningRate, (s, v) => s with { Training = s.Training with { MuonLearningRate = v } }),
        Of("Muon's momentum", "How slowly its mean of gradients changes.", null, s => s.Training.MuonMomentum, (s, v) => s with { Training = s.Training with { MuonMomentum = v } }),
        Of("Muon's scale", "How long its updates are: Moonlight's share the learning rate with AdamW, Jordan's want one near 0.02.", null, s => s.Training.MuonScale, (s, v) => s with { Training = s.Training with { MuonScale = v } }),
        Of("Evaluate every", "Between two measurements of the validation loss.", "steps", s => s.Training.EvaluationInterval, (s, v) => s with { Training = s.Training with { EvaluationInterval = v } }),
        Of("Evaluation batches", "Batches in one measurement.", null, s => s.Training.EvaluationBatches, (s, v) => s with { Training = s.Training with { EvaluationBatches = v } }),
        Of("Patience", "Measurements without a lower validation loss after which the run ends; 0 for never.", null, s => s.Training.Patience, (s, v) => s with { Training = s.Training with { Patience = v } }),
        Of("Sample every", "Between two texts that the model writes; 0 for none.", "steps", s => s.Training.SampleInterval, (s, v) => s with { Training = s.Training with { SampleInterval = v } }),
        Of("Checkpoint every", "Between two saved states; one is always saved at the end.", "steps", s => s.Training.CheckpointInterval, (s, v) => s with { Training = s.Training with { CheckpointInterval = v } }),
        Of("Log every", "Between two points of the curve.", "steps", s => s.Training.LogInterval, (s, v) => s with { Training = s.Training with { LogInterval = v } }),
        Of("Activations", "Kept for the backward pass, or computed again: a third more work for much less memory.", null, s => s.Training.Activations, (s, v) => s with { Training = s.Training with { Activations = v } }),
        Of("Threads", "Processor threads; 0 for as many as measure fastest.", null, s => s.Training.Threads, (s, v) => s with { Training = s.Training with { Threads = v } }),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SpecSetting> All { get; } = [.. Stories, .. Data, .. Tokenizer, .. Model, .. Llama, .. Training, .. Advanced];

    /// <summary>The same sizes in another family; what only the earlier one has is forgotten.</summary>
    private static ModelConfig Become(ModelFamily family, ModelConfig model) =>
        family == model.Family ? model : model with { Family = family, FeedForwardSize = 0, KeyValueHeadCount = 0, TiedHead = true };

    private static SpecSetting<T> Of<T>(string label, string help, string? unit, Func<RunSpec, T> get, Func<RunSpec, T, RunSpec> set) => new(label, help, unit, get, set);
}

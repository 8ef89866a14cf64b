using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>In which order the training tokens come.</summary>
public enum DataOrder
{
    /// <summary>Windows of the sequence length that do not overlap, in a new random order each epoch, beginning at a new random place.</summary>
    [JsonStringEnumMemberName("shuffled")]
    Shuffled,

    /// <summary>Windows that begin where a document does, in a new random order each epoch: no sequence begins in the middle of a sentence, unless its document is longer.</summary>
    [JsonStringEnumMemberName("documents")]
    Documents,

    /// <summary>One batch after the other from start to end, as llm.c's loader without shuffling; what does not fill a batch at the end is left out.</summary>
    [JsonStringEnumMemberName("sequential")]
    Sequential,
}

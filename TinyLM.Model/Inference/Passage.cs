namespace TinyLM.Model.Inference;

/// <summary>Rows of a workspace that are consecutive tokens of one text; the rows of several texts may go through the layers together.</summary>
/// <param name="FirstRow">Row of the first of them.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="Position">Position of the first in its text.</param>
/// <param name="Cache">Keys and values of the text's positions before; those of these rows are added.</param>
internal readonly record struct Passage(int FirstRow, int Count, int Position, KeyValueCache Cache)
{
    /// <summary>The passage's rows of some activations.</summary>
    public Rows Of(Rows activations) => activations.Slice(FirstRow, Count);
}

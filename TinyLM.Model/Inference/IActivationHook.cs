namespace TinyLM.Model.Inference;

/// <summary>Looks at the numbers of a forward pass while they are computed, and may change them: what it leaves there is what the pass goes on with.</summary>
internal interface IActivationHook
{
    /// <summary>Called at each place of each block, for some consecutive tokens.</summary>
    /// <param name="site">The place.</param>
    /// <param name="layer">The block.</param>
    /// <param name="position">The position of the first row.</param>
    /// <param name="values">(rows, width); beyond the width of a row lie other numbers.</param>
    /// <param name="width">Numbers of a row.</param>
    void Visit(ActivationSite site, int layer, int position, Rows values, int width);
}

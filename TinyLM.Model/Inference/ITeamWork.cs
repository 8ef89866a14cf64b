namespace TinyLM.Model.Inference;

/// <summary>Work in parts that do not touch each other, so that several threads may do them in any order.</summary>
internal interface ITeamWork
{
    /// <summary>Does one of the parts.</summary>
    /// <param name="part">Which, from 0 on.</param>
    /// <param name="parts">How many there are.</param>
    void Do(int part, int parts);
}

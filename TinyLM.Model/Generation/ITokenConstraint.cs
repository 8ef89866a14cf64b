namespace TinyLM.Model.Generation;

/// <summary>Restricts what can be written: after each token it tells which tokens may follow. For one text and one thread at a time.</summary>
public interface ITokenConstraint
{
    /// <summary>The tokens that may follow; at least one. The end-of-text token is among them where the text may end.</summary>
    TokenMask Allowed { get; }

    /// <summary>Goes on by a token that was allowed.</summary>
    void Accept(int id);
}

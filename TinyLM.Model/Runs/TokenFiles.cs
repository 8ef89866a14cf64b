namespace TinyLM.Model.Runs;

/// <summary>Tokens that another program cut: shards in llm.c's format.</summary>
public sealed record TokenFiles
{
    /// <summary>Path of the tokens to learn from.</summary>
    public string Train { get; init; } = "";

    /// <summary>Path of the tokens to measure on.</summary>
    public string Validation { get; init; } = "";
}

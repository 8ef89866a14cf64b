namespace TinyLM.Lab.Runs.Filtering;

/// <summary>A filter that cannot be understood, in words for the person who typed it.</summary>
/// <param name="message">What is wrong and what to write.</param>
/// <param name="position">Where, in characters from 0.</param>
public sealed class FilterException(string message, int position) : Exception(message)
{
    /// <summary>Where, in characters from 0.</summary>
    public int Position { get; } = position;
}

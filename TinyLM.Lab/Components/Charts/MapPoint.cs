namespace TinyLM.Lab.Components.Charts;

/// <summary>A point of a map.</summary>
/// <param name="Name">What it is.</param>
/// <param name="X">Where it lies.</param>
/// <param name="Y">Where it lies.</param>
/// <param name="IsMarked">Whether its name stands beside it.</param>
/// <param name="Id">Which it is among all that could be drawn.</param>
public readonly record struct MapPoint(string Name, float X, float Y, bool IsMarked = false, int Id = 0);

namespace TinyLM.Model.Data;

/// <summary>A file that is no token shard, or a damaged one; the message says what was expected and what was found.</summary>
public sealed class ShardFormatException(string message) : Exception(message);

namespace TinyLM.Model.Data;

/// <summary>Where a <see cref="BatchSampler"/> stands.</summary>
/// <param name="Epoch">Times that the whole shard was read.</param>
/// <param name="Window">Windows read of this epoch.</param>
public sealed record BatchSamplerState(long Epoch, int Window);

namespace TinyLM.Lab.Runs;

/// <summary>A run in the trash.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What a person called it.</param>
/// <param name="DeletedAt">When it was deleted.</param>
/// <param name="GoneAt">From when on it cannot be taken back.</param>
/// <param name="DiskBytes">Bytes that it still holds.</param>
public sealed record DeletedRun(string Id, string Name, DateTimeOffset DeletedAt, DateTimeOffset GoneAt, long DiskBytes);

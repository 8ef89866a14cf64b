using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>What a run folder says that does not change while the run goes on.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Spec">What was asked; the defaults where <paramref name="Problem"/> tells that it cannot be read.</param>
/// <param name="Notes">What people added.</param>
/// <param name="Steps">Steps that it is to do: those asked for, or more by its extension.</param>
/// <param name="Problem">Why the run cannot be used, in words; null when it is sound.</param>
/// <param name="Doubt">Why what was asked may not be what stands there, in words; null where nothing speaks for it.</param>
internal sealed record StoredRun(RunFolder Folder, RunSpec Spec, RunNotes Notes, int Steps, string? Problem = null, string? Doubt = null)
{
    /// <summary>What a person calls it.</summary>
    public string Name => NameOf(Folder.Id);

    /// <summary>The same where the folder is not named by the id, as in the trash.</summary>
    public string NameOf(string id) => Notes.Name is { Length: > 0 } given ? given : Spec.Name is { Length: > 0 } asked ? asked : id;

    /// <summary>When it was made: its id tells, and the folder of a run with another id.</summary>
    public DateTimeOffset CreatedAt =>
        RunStore.TimeOf(Folder.Id) ?? new DateTimeOffset(Directory.GetCreationTimeUtc(Folder.Path), TimeSpan.Zero);
}

using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>Tells cheaply whether a run folder has changed: sizes and times of its small files.</summary>
/// <param name="Value">The same for the same files.</param>
internal readonly record struct RunFingerprint(string Value)
{
    /// <summary>That of a folder now; taken before the files are read, so that a change during the reading is noticed.</summary>
    public static RunFingerprint Of(RunFolder run)
    {
        return new RunFingerprint(string.Join(' ', Part(run.EventsPath), Part(run.SpecPath), Part(run.NotesPath), Part(run.ExtensionPath)));

        static string Part(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? FormattableString.Invariant($"{file.Length}:{file.LastWriteTimeUtc.Ticks}") : "-";
        }
    }
}

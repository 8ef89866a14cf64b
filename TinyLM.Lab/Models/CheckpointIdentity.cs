using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Models;

/// <summary>One writing of a checkpoint folder: a resumed run may write the same step again.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="WrittenAt">When its manifest, which is written last, was written.</param>
internal readonly record struct CheckpointIdentity(string Folder, DateTime WrittenAt)
{
    /// <summary>What stands there now; no manifest gives an identity of its own.</summary>
    public static CheckpointIdentity Of(string folder) => new(folder, File.GetLastWriteTimeUtc(CheckpointStore.ManifestPath(folder)));
}

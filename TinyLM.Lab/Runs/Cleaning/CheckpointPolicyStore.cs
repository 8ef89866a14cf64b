using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs.Cleaning;

/// <summary>The policy for old checkpoints in <c>checkpoints.json</c>. A file that cannot be read is none: nothing is removed by itself then.</summary>
internal sealed class CheckpointPolicyStore
{
    private readonly string _path;
    private CheckpointPolicy _policy = new();

    /// <summary>Reads the file.</summary>
    public CheckpointPolicyStore(LabDirectory directory, ILogger<CheckpointPolicyStore> logger)
    {
        _path = directory.CheckpointPolicyPath;
        try
        {
            if (!File.Exists(_path)) return;
            var read = JsonSerializer.Deserialize<CheckpointPolicy>(File.ReadAllText(_path), RunJson.Indented) ?? _policy;
            if (read.Validate() is [var problem, ..]) logger.LogWarning("{Path} is passed over. {Problem}", _path, problem);
            else _policy = read;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "{Path} cannot be read; no checkpoints are removed by themselves.", _path);
        }
    }

    /// <summary>The policy.</summary>
    public CheckpointPolicy Policy => _policy;

    /// <summary>Keeps another.</summary>
    /// <exception cref="ArgumentException">It breaks rules; in words.</exception>
    /// <exception cref="IOException">The disk refuses; the earlier one holds.</exception>
    public void Set(CheckpointPolicy policy)
    {
        if (policy.Validate() is [_, ..] problems) throw new ArgumentException(string.Join(" ", problems), nameof(policy));
        DurableFile.WriteAllText(_path, JsonSerializer.Serialize(policy, RunJson.Indented));
        _policy = policy;
    }
}

using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A data directory of its own, gone with the test.</summary>
internal sealed class TempLab : IDisposable
{
    private readonly string _top = System.IO.Directory.CreateTempSubdirectory("tinylm-").FullName;

    /// <summary>Makes the directory and its folders.</summary>
    /// <param name="files">By which calls it is written from then on; the system's own if null.</param>
    public TempLab(IFileSystem? files = null)
    {
        new LabDirectory(Path.Combine(_top, "data")).Create();
        Directory = new LabDirectory(Path.Combine(_top, "data"), files);
    }

    /// <summary>The data directory.</summary>
    public LabDirectory Directory { get; }

    /// <summary>A place beside the data directory.</summary>
    public string Beside(string name) => Path.Combine(_top, name);

    /// <summary>A run that has been asked for.</summary>
    public RunFolder AddRun(string id, RunSpec? spec = null)
    {
        var run = new RunFolder(Path.Combine(Directory.RunsPath, id), Directory.Files);
        System.IO.Directory.CreateDirectory(run.Path);
        File.WriteAllText(run.SpecPath, (spec ?? RunPresets.Quick.Spec).ToJson());
        return run;
    }

    /// <inheritdoc/>
    public void Dispose() => System.IO.Directory.Delete(_top, recursive: true);
}

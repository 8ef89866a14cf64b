namespace TinyLM.Lab.Runs.Logs;

/// <summary>Log directories of other programs, anywhere on the lab's machine: so for those alone who may do everything.</summary>
public interface ILogDirectories
{
    /// <summary>Opens a TensorBoard log directory; nothing of it is read yet but the names.</summary>
    /// <exception cref="InvalidDataException">There is none; in words.</exception>
    TensorBoardDirectory Open(string path);
}

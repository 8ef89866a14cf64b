using TinyLM.Model.Storage;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>What a call of <see cref="IFileSystem"/> does to the disk. The removal of a folder is one call for each name in it.</summary>
internal enum CallKind
{
    CreateFile,
    Write,
    SetLength,
    FlushFile,
    FlushDirectory,
    CreateDirectory,
    MoveFile,
    MoveDirectory,
    DeleteFile,
    DeleteDirectory,
}

/// <summary>One call.</summary>
internal sealed record FileCall(CallKind Kind, string Path)
{
    /// <summary>The new name of what is moved.</summary>
    public string To { get; init; } = "";

    /// <summary>Where it is written, or the length that is set.</summary>
    public long Position { get; init; }

    /// <summary>What is written.</summary>
    public byte[] Bytes { get; init; } = [];
}

/// <summary>The system's files, with a say before each call: a test decides what becomes of it.</summary>
internal abstract class WatchedFiles : IFileSystem
{
    /// <summary>Whether flushes reach the disk; waiting for it is of no use where no power is cut.</summary>
    public bool IsDurable { get; init; }

    public Stream Open(string path, FileMode mode)
    {
        if (!File.Exists(path)) Call(new FileCall(CallKind.CreateFile, path), _ => File.Create(path).Dispose());
        else if (mode == FileMode.Create) Call(new FileCall(CallKind.SetLength, path), _ => File.WriteAllBytes(path, []));
        return new WatchedStream(this, path, (FileStream)DiskFileSystem.Instance.Open(path, FileMode.Open));
    }

    public void FlushToDisk(Stream file) => FlushFile(((WatchedStream)file).Path);

    public void FlushFile(string path) => Call(new FileCall(CallKind.FlushFile, path), _ =>
    {
        if (IsDurable) DiskFileSystem.Instance.FlushFile(path);
    });

    public void FlushDirectory(string path) => Call(new FileCall(CallKind.FlushDirectory, path), _ =>
    {
        if (IsDurable) DiskFileSystem.Instance.FlushDirectory(path);
    });

    public void CreateDirectory(string path) => Call(new FileCall(CallKind.CreateDirectory, path), _ => Directory.CreateDirectory(path));

    public void MoveFile(string from, string to) => Call(new FileCall(CallKind.MoveFile, from) { To = to }, _ => File.Move(from, to, overwrite: true));

    public void MoveDirectory(string from, string to) => Call(new FileCall(CallKind.MoveDirectory, from) { To = to }, _ => Directory.Move(from, to));

    public void DeleteFile(string path)
    {
        if (File.Exists(path)) Call(new FileCall(CallKind.DeleteFile, path), _ => File.Delete(path));
    }

    public void DeleteDirectory(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path)) DeleteFile(file);
        foreach (var folder in Directory.EnumerateDirectories(path)) DeleteDirectory(folder);
        Call(new FileCall(CallKind.DeleteDirectory, path), _ => Directory.Delete(path));
    }

    /// <summary>Does a call, or not, or a part of it.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="perform">Does it; of a write as many bytes as it is told.</param>
    protected abstract void Call(FileCall call, Action<int> perform);

    private sealed class WatchedStream(WatchedFiles files, string path, FileStream file) : Stream
    {
        public string Path => path;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => files.Call(new FileCall(CallKind.SetLength, path) { Position = value }, _ => file.SetLength(value));

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.IsEmpty) return;
            var bytes = buffer.ToArray();
            files.Call(new FileCall(CallKind.Write, path) { Position = file.Position, Bytes = bytes }, count => file.Write(bytes.AsSpan(0, count)));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}

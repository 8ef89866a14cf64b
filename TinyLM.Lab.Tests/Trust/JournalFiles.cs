namespace TinyLM.Lab.Tests.Trust;

/// <summary>What becomes of calls that no flush had confirmed when the power failed.</summary>
internal enum Unflushed
{
    /// <summary>All are lost.</summary>
    Lost,

    /// <summary>All are there.</summary>
    Kept,

    /// <summary>Each is lost or there on its own, in whichever order; of a write a part may be there, or its length with zeros in it.</summary>
    Mixed,
}

/// <summary>Files that remember each call, so that every state can be made that a power cut may leave.</summary>
/// <remarks>
/// The model is that of the papers on crash consistency (Pillai et al. 2014, "All file systems are not created equal", and CrashMonkey,
/// Mohan et al. 2018), at its strictest: only a flush of a file confirms its content, only a flush of a directory its names, and a rename is
/// one piece. ext4, XFS, Btrfs and NTFS keep more than that.
/// </remarks>
internal sealed class JournalFiles : WatchedFiles
{
    private readonly Node _root = new(IsFolder: true);
    private readonly string _path;
    private readonly List<Entry> _entries = [];

    /// <param name="path">A directory; what is in it now is on the disk.</param>
    public JournalFiles(string path)
    {
        _path = path;
        Adopt(_root, path);
        Start = _entries.Count;
    }

    /// <summary>The first entry that is not of what was there before.</summary>
    public int Start { get; }

    /// <summary>Calls and acknowledgements so far.</summary>
    public int Count => _entries.Count;

    /// <summary>Drops a kind of flush, as a careless writer does.</summary>
    public CallKind? Forgotten { get; init; }

    /// <summary>Notes that somebody was told: from here on it must survive.</summary>
    public void Acknowledge(object what) => _entries.Add(new Told(what));

    /// <summary>What had been told before an entry.</summary>
    public IReadOnlyList<object> Acknowledged(int cut) => [.. _entries.Take(cut).OfType<Told>().Select(told => told.What)];

    /// <summary>Makes a state that a power cut before an entry may leave.</summary>
    /// <param name="cut">The entry.</param>
    /// <param name="unflushed">What becomes of what is not confirmed.</param>
    /// <param name="random">Decides where <see cref="Unflushed.Mixed"/> leaves it open.</param>
    /// <param name="target">Receives the directory; does not exist.</param>
    public void Restore(int cut, Unflushed unflushed, Random random, string target)
    {
        var contents = new Dictionary<Node, byte[]>();
        var names = new Dictionary<Node, Dictionary<string, Node>>();
        foreach (var (entry, isConfirmed) in _entries.Take(cut).Zip(Confirmed(cut)))
        {
            if (isConfirmed || unflushed == Unflushed.Kept) Apply(entry, contents, names);
            else if (unflushed == Unflushed.Mixed) Apply(Maimed(entry, random), contents, names);
        }

        Write(_root, target, contents, names);
    }

    protected override void Call(FileCall call, Action<int> perform)
    {
        perform(call.Bytes.Length);
        if (call.Kind == Forgotten) return;
        var (folder, name) = Place(call.Path);
        switch (call.Kind)
        {
            case CallKind.CreateFile or CallKind.CreateDirectory:
                var made = new Node(call.Kind == CallKind.CreateDirectory);
                folder.Names[name] = made;
                _entries.Add(new Named(folder, name, made));
                break;
            case CallKind.Write:
                _entries.Add(new Written(folder.Names[name], call.Position, call.Bytes));
                break;
            case CallKind.SetLength:
                _entries.Add(new Sized(folder.Names[name], call.Position));
                break;
            case CallKind.FlushFile or CallKind.FlushDirectory:
                _entries.Add(new Flushed(call.Path == _path ? _root : folder.Names[name]));
                break;
            case CallKind.MoveFile or CallKind.MoveDirectory:
                var (toFolder, toName) = Place(call.To);
                var moved = folder.Names[name];
                folder.Names.Remove(name);
                toFolder.Names[toName] = moved;
                _entries.Add(new Moved(folder, name, toFolder, toName, moved));
                break;
            case CallKind.DeleteFile or CallKind.DeleteDirectory:
                _entries.Add(new Unnamed(folder, name, folder.Names[name]));
                folder.Names.Remove(name);
                break;
        }
    }

    private void Adopt(Node folder, string path)
    {
        foreach (var below in Directory.EnumerateFileSystemEntries(path))
        {
            var node = new Node(Directory.Exists(below));
            folder.Names[Path.GetFileName(below)] = node;
            _entries.Add(new Named(folder, Path.GetFileName(below), node));
            if (node.IsFolder) Adopt(node, below);
            else _entries.AddRange([new Written(node, 0, File.ReadAllBytes(below)), new Flushed(node)]);
        }

        _entries.Add(new Flushed(folder));
    }

    private (Node Folder, string Name) Place(string path)
    {
        if (path == _path) return (_root, "");
        var parts = Path.GetRelativePath(_path, path).Split(Path.DirectorySeparatorChar);
        return (parts[..^1].Aggregate(_root, (folder, name) => folder.Names[name]), parts[^1]);
    }

    /// <summary>For each entry whether a later flush, before the cut, confirms it.</summary>
    private List<bool> Confirmed(int cut)
    {
        var confirmed = new bool[cut];
        var flushed = new HashSet<Node>();
        for (var i = cut - 1; i >= 0; i--)
        {
            if (_entries[i] is Flushed flush) flushed.Add(flush.Of);
            confirmed[i] = _entries[i] switch
            {
                Written write => flushed.Contains(write.File),
                Sized size => flushed.Contains(size.File),
                Named named => flushed.Contains(named.Folder),
                Unnamed unnamed => flushed.Contains(unnamed.Folder),
                Moved moved => flushed.Contains(moved.Folder) && flushed.Contains(moved.ToFolder),
                _ => true,
            };
        }

        return [.. confirmed];
    }

    private static Entry? Maimed(Entry entry, Random random) => (random.Next(4), entry) switch
    {
        (0, _) => null,
        (1, Written write) => write with { Bytes = write.Bytes[..random.Next(write.Bytes.Length)] },
        (2, Written write) => write with { Bytes = new byte[write.Bytes.Length] },
        (1, _) => null,
        _ => entry,
    };

    private static void Apply(Entry? entry, Dictionary<Node, byte[]> contents, Dictionary<Node, Dictionary<string, Node>> names)
    {
        switch (entry)
        {
            case Written write:
                var content = contents.GetValueOrDefault(write.File, []);
                if (content.Length < write.Position + write.Bytes.Length) Array.Resize(ref content, (int)write.Position + write.Bytes.Length);
                write.Bytes.CopyTo(content, write.Position);
                contents[write.File] = content;
                break;
            case Sized size:
                var resized = contents.GetValueOrDefault(size.File, []);
                Array.Resize(ref resized, (int)size.Length);
                contents[size.File] = resized;
                break;
            case Named named:
                Of(named.Folder)[named.Name] = named.Child;
                break;
            case Unnamed unnamed when Of(unnamed.Folder).GetValueOrDefault(unnamed.Name) == unnamed.Child:
                Of(unnamed.Folder).Remove(unnamed.Name);
                break;
            case Moved moved:
                if (Of(moved.Folder).GetValueOrDefault(moved.Name) == moved.Child) Of(moved.Folder).Remove(moved.Name);
                Of(moved.ToFolder)[moved.ToName] = moved.Child;
                break;
        }

        Dictionary<string, Node> Of(Node folder) => names.TryGetValue(folder, out var found) ? found : names[folder] = [];
    }

    private static void Write(Node folder, string path, Dictionary<Node, byte[]> contents, Dictionary<Node, Dictionary<string, Node>> names)
    {
        Directory.CreateDirectory(path);
        foreach (var (name, node) in names.GetValueOrDefault(folder, []))
        {
            if (node.IsFolder) Write(node, Path.Combine(path, name), contents, names);
            else File.WriteAllBytes(Path.Combine(path, name), contents.GetValueOrDefault(node, []));
        }
    }

    /// <summary>A file or folder, whatever it is called.</summary>
    private sealed class Node(bool IsFolder)
    {
        public bool IsFolder { get; } = IsFolder;

        public Dictionary<string, Node> Names { get; } = [];
    }

    private abstract record Entry;

    private sealed record Written(Node File, long Position, byte[] Bytes) : Entry;

    private sealed record Sized(Node File, long Length) : Entry;

    private sealed record Named(Node Folder, string Name, Node Child) : Entry;

    private sealed record Unnamed(Node Folder, string Name, Node Child) : Entry;

    private sealed record Moved(Node Folder, string Name, Node ToFolder, string ToName, Node Child) : Entry;

    private sealed record Flushed(Node Of) : Entry;

    private sealed record Told(object What) : Entry;
}

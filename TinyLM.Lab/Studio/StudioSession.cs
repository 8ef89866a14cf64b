using TinyLM.Lab.Models;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Studio;

/// <summary>
/// A tree that is being worked on, what is set for the next writing, and the writing itself. It lives in the lab and not in a page, so a
/// reload or a lost connection finds it as it stands. Thread-safe.
/// </summary>
public sealed class StudioSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, CancellationTokenSource> _writing = [];
    private readonly IModelHost _models;
    private readonly ILogger _logger;
    private StudioTree _tree;
    private StudioDraft _draft = new();
    private string? _problem;
    private int _version;

    internal StudioSession(StudioTree tree, IModelHost models, ILogger logger)
    {
        (_tree, _models, _logger) = (tree, models, logger);
        if (tree.Find(tree.Current) is { } branch)
            _draft = _draft with { Model = ModelReference.TryParse(branch.Model, out var model) ? model : null, Prompt = branch.Prompt, Settings = branch.Settings };
    }

    /// <summary>The tree as it stands.</summary>
    public StudioTree Tree
    {
        get { lock (_lock) return _tree; }
    }

    /// <summary>What is set for the next writing.</summary>
    public StudioDraft Draft
    {
        get { lock (_lock) return _draft; }
        set { lock (_lock) Change(() => _draft = value); }
    }

    /// <summary>Why a text could not go on, in words; null where all is well.</summary>
    public string? Problem
    {
        get { lock (_lock) return _problem; }
    }

    /// <summary>Grows with every change.</summary>
    public int Version
    {
        get { lock (_lock) return _version; }
    }

    /// <summary>Whether the branch is being written.</summary>
    public bool IsWriting(int? branch)
    {
        lock (_lock) return branch is { } id && _writing.ContainsKey(id);
    }

    /// <summary>Writes on: the branch that is looked at while its prompt is as it was, else new ones that begin with the prompt.</summary>
    public void Write()
    {
        lock (_lock)
        {
            var current = _tree.Find(_tree.Current);
            if (current is { End: null } && current.Prompt == _draft.Prompt && current.Model == _draft.Model?.ToString())
            {
                // More of the same text: its own seed goes on, so that it becomes what it would have become without a stop.
                var more = current.Tokens.Count + _draft.Settings.MaxTokens;
                Start(current.Id, _draft with { Settings = _draft.Settings with { Seed = current.Settings.Seed, MaxTokens = more } });
                return;
            }

            Begin(current, kept: 0, [], _draft.SampleCount);
        }
    }

    /// <summary>Begins new texts with the prompt, whatever is looked at.</summary>
    public void WriteAnew()
    {
        lock (_lock) Begin(null, kept: 0, [], _draft.SampleCount);
    }

    /// <summary>Writes the last part of the branch that is looked at once more, beside it, with another seed.</summary>
    public void WriteAgain()
    {
        lock (_lock)
        {
            if (_tree.Find(_tree.Current) is not { } current) return;
            var kept = current.Marks.Count > 0 ? current.Marks[^1] : 0;
            Begin(current, kept, [.. current.Tokens.Take(kept)], 1, current.Prompt);
        }
    }

    /// <summary>Takes an alternative in place of a token, in a new branch, and writes on from there.</summary>
    public void BranchAt(int index, Alternative chosen)
    {
        lock (_lock)
        {
            if (_tree.Find(_tree.Current) is not { } current || index >= current.Tokens.Count) return;
            Begin(current, index, [.. current.Tokens.Take(index), StudioToken.Of(chosen, current.Tokens[index].Alternatives)], 1, current.Prompt);
        }
    }

    /// <summary>Goes on from a text that a person changed, in a new branch whose prompt is that text.</summary>
    public void Edit(string text)
    {
        lock (_lock)
        {
            var current = _tree.Find(_tree.Current);
            Change(() => _draft = _draft with { Prompt = text });
            Begin(current, kept: 0, [], 1);
        }
    }

    /// <summary>Ends the writing of the branch that is looked at and of those that were begun with it; what was written stays.</summary>
    public void Stop()
    {
        lock (_lock)
            foreach (var stop in _writing.Values) stop.Cancel();
    }

    /// <summary>Takes back the last writing of the branch; where nothing was written, the branch itself.</summary>
    public void Undo()
    {
        lock (_lock)
        {
            if (_tree.Find(_tree.Current) is not { } current) return;
            if (_writing.TryGetValue(current.Id, out var stop)) stop.Cancel();
            Change(() => _tree = current.Marks is [.., > 0 and var mark] && mark > current.Kept
                ? _tree.Change(current.Id, branch => branch with { Tokens = [.. branch.Tokens.Take(mark)], Marks = [.. branch.Marks.SkipLast(1)], End = null })
                : _tree.Without(current.Id));
            Look(_tree.Find(_tree.Current));
        }
    }

    /// <summary>Looks at another branch.</summary>
    public void Select(int id)
    {
        lock (_lock)
        {
            if (_tree.Find(id) is not { } branch) return;
            Change(() => _tree = _tree with { Current = id });
            Look(branch);
        }
    }

    /// <summary>Gives a branch a name; an empty one takes it away.</summary>
    public void Rename(int id, string name)
    {
        lock (_lock) Change(() => _tree = _tree.Change(id, branch => branch with { Name = name.Trim() is { Length: > 0 } trimmed ? trimmed : null }));
    }

    /// <summary>Removes a branch and all that comes from it.</summary>
    public void Remove(int id)
    {
        lock (_lock)
        {
            Change(() => _tree = _tree.Without(id));
            foreach (var (branch, stop) in _writing)
                if (_tree.Find(branch) is null) stop.Cancel();
            Look(_tree.Find(_tree.Current));
        }
    }

    /// <summary>The tree under a name, to be saved.</summary>
    public StudioTree Name(string name, DateTimeOffset now)
    {
        lock (_lock)
        {
            Change(() => _tree = _tree with { Name = name.Trim(), SavedAt = now });
            return _tree;
        }
    }

    private void Look(StudioBranch? branch)
    {
        if (branch is null) return;
        _draft = _draft with { Prompt = branch.Prompt, Model = ModelReference.TryParse(branch.Model, out var model) ? model : _draft.Model };
    }

    private void Begin(StudioBranch? parent, int kept, IReadOnlyList<StudioToken> tokens, int count, string? prompt = null)
    {
        if (_draft.Model is not { } model) return;
        if (_draft.NewSeedEachTime) _draft = _draft with { Settings = _draft.Settings with { Seed = (ulong)Random.Shared.NextInt64(1, 1_000_000) } };
        var begun = new List<int>();
        for (var i = 0; i < count; i++)
        {
            var settings = _draft.Settings with { Seed = unchecked(_draft.Settings.Seed + (ulong)i) };
            _tree = _tree.With(id => new StudioBranch
            {
                Id = id,
                Parent = parent?.Id,
                Kept = kept,
                Model = model.ToString(),
                Prompt = prompt ?? _draft.Prompt,
                Tokens = tokens,
                Settings = settings,
            }, out var created);
            begun.Add(created);
        }

        foreach (var id in begun)
        {
            var settings = _tree.Find(id)!.Settings;
            Start(id, _draft with { Settings = settings with { MaxTokens = tokens.Count + settings.MaxTokens } });
        }

        Change(() => _tree = _tree with { Current = begun[0] });
    }

    private void Start(int id, StudioDraft draft)
    {
        if (_writing.ContainsKey(id) || draft.Model is not { } model) return;
        var stop = new CancellationTokenSource();
        _writing[id] = stop;
        Change(() =>
        {
            _problem = null;
            _tree = _tree.Change(id, branch => branch with { Marks = [.. branch.Marks, branch.Tokens.Count], Settings = branch.Settings with { Seed = draft.Settings.Seed } });
        });
        var branch = _tree.Find(id)!;
        var request = draft.Request(branch.Prompt, branch.Tokens);
        _ = Task.Run(() => WriteAsync(id, model, request, stop), CancellationToken.None);
    }

    private async Task WriteAsync(int id, ModelReference model, TextRequest request, CancellationTokenSource stop)
    {
        string? problem = null;
        try
        {
            await foreach (var piece in _models.GenerateAsync(model, request, stop.Token))
            {
                lock (_lock)
                {
                    if (stop.IsCancellationRequested) break; // an undo may have taken tokens back
                    var end = piece.FinishReason is FinishReason.Length ? null : piece.FinishReason; // more may be written
                    Change(() => _tree = _tree.Change(id, branch => branch with { Tokens = [.. branch.Tokens, StudioToken.Of(piece)], End = end }));
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A person stopped it.
        }
        catch (Exception e) when (e is ModelUnavailableException or ContextLengthException or ArgumentException)
        {
            problem = e.Message;
        }
        catch (Exception e)
        {
            _logger.LogError(e, "Writing in the studio with {Model} failed.", model);
            problem = $"The model could not go on: {e.Message} The lab's log tells more.";
        }

        lock (_lock)
        {
            Change(() =>
            {
                _writing.Remove(id);
                _problem = problem ?? _problem;
            });
        }

        stop.Dispose();
    }

    private void Change(Action change)
    {
        change();
        _version++;
    }

    /// <summary>Ends the writing when the lab ends.</summary>
    public void Dispose() => Stop();
}

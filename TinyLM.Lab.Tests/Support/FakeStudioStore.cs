using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Keeps what is saved in the studio in memory.</summary>
public sealed class FakeStudioStore : IStudioStore
{
    private readonly Dictionary<string, StudioTree> _trees = [];
    private readonly Dictionary<string, PromptTemplate> _prompts = [];

    /// <inheritdoc/>
    public IReadOnlyList<StudioTree> ListTrees() => [.. _trees.Values.OrderByDescending(tree => tree.SavedAt)];

    /// <inheritdoc/>
    public StudioTree? FindTree(string id) => _trees.GetValueOrDefault(id);

    /// <inheritdoc/>
    public void Save(StudioTree tree) => _trees[tree.Id] = tree;

    /// <inheritdoc/>
    public void DeleteTree(string id) => _trees.Remove(id);

    /// <inheritdoc/>
    public IReadOnlyList<PromptTemplate> ListPrompts() => [.. _prompts.Values.OrderBy(prompt => prompt.Name, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Save(PromptTemplate prompt) => _prompts[prompt.Id] = prompt;

    /// <inheritdoc/>
    public void DeletePrompt(string id) => _prompts.Remove(id);
}

using TinyLM.Lab.Security;

namespace TinyLM.Lab.Studio;

/// <summary>Keeps what people save in the studio.</summary>
public interface IStudioStore
{
    /// <summary>Saved trees, the last saved first.</summary>
    [OpenToViewers]
    IReadOnlyList<StudioTree> ListTrees();

    /// <summary>A saved tree; null where there is none.</summary>
    [OpenToViewers]
    StudioTree? FindTree(string id);

    /// <summary>Saves a tree under its id.</summary>
    /// <exception cref="IOException">The disk refuses; what was saved before stands.</exception>
    void Save(StudioTree tree);

    /// <summary>Removes a saved tree.</summary>
    void DeleteTree(string id);

    /// <summary>Saved prompts by their names.</summary>
    [OpenToViewers]
    IReadOnlyList<PromptTemplate> ListPrompts();

    /// <summary>Saves a prompt under its id.</summary>
    /// <exception cref="IOException">The disk refuses; what was saved before stands.</exception>
    void Save(PromptTemplate prompt);

    /// <summary>Removes a saved prompt.</summary>
    void DeletePrompt(string id);
}

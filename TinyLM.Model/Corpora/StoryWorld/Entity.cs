namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>One person, animal, thing or place of the word lists: what it is called in each form, and what is true of it.</summary>
internal sealed class Entity(string name, string pool)
{
    /// <summary>What it is called.</summary>
    public string Name { get; } = name;

    /// <summary>The word list that it stands in.</summary>
    public string Pool { get; } = pool;

    /// <summary>What is true of it: one bit a tag.</summary>
    public ulong Tags { get; set; }

    /// <summary>Its forms by the number of the form; null where it has none.</summary>
    public Node?[] Forms { get; set; } = [];

    /// <summary>A form by its number; null where it has none.</summary>
    public Node? Form(int number) => number < Forms.Length ? Forms[number] : null;
}

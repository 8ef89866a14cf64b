using System.Text;

namespace TinyLM.Lab.Studio;

/// <summary>A prompt that is put together from a task, examples and a question. Immutable.</summary>
/// <remarks>
/// Without examples it is a zero-shot prompt, with one or a few a one- or few-shot prompt. Brown et al. 2020, section 2,
/// https://arxiv.org/abs/2005.14165. <c>{name}</c> stands for a variable wherever it has a value.
/// </remarks>
public sealed record PromptTemplate
{
    /// <summary>Safe as the name of a file.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What is to be done, in words; may be empty.</summary>
    public string Task { get; init; } = "";

    /// <summary>Questions with their answers.</summary>
    public IReadOnlyList<PromptExample> Examples { get; init; } = [];

    /// <summary>How many of the examples are shown, from the first on.</summary>
    public int Shots { get; init; }

    /// <summary>Stands between a question and its answer.</summary>
    public string Arrow { get; init; } = " => ";

    /// <summary>Values of variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The prompt for a question: task, examples, and the question with its answer left open.</summary>
    public string Assemble(string question)
    {
        var text = new StringBuilder();
        if (Task.Length > 0) text.Append(Task).Append('\n');
        foreach (var example in Examples.Take(Shots)) text.Append(example.Question).Append(Arrow).Append(example.Answer).Append('\n');
        text.Append(question).Append(Arrow.TrimEnd(' '));
        foreach (var (name, value) in Variables) text.Replace($"{{{name}}}", value);
        return text.ToString();
    }
}

/// <summary>A question with its answer.</summary>
public sealed record PromptExample(string Question, string Answer);

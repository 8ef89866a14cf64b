namespace TinyLM.Lab.Studio;

/// <summary>Prompts to start from: the tasks by which zero-, one- and few-shot prompting is usually shown.</summary>
public static class PromptTemplates
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<PromptTemplate> All { get; } =
    [
        new()
        {
            Id = "translate",
            Name = "Translate",
            Task = "Translate {from} to {to}:",
            Variables = new Dictionary<string, string> { ["from"] = "English", ["to"] = "French" },
            Examples = [new("sea otter", "loutre de mer"), new("peppermint", "menthe poivrée"), new("plush giraffe", "girafe en peluche")],
            Shots = 3,
        },
        new()
        {
            Id = "sentiment",
            Name = "Tell the mood",
            Task = "Is the sentence happy or sad?",
            Examples = [new("The dog found its ball.", "happy"), new("It rained and nobody came.", "sad"), new("They all laughed together.", "happy")],
            Shots = 2,
            Arrow = "\nMood: ",
        },
        new()
        {
            Id = "arithmetic",
            Name = "Add numbers",
            Examples = [new("2 + 3", "5"), new("10 + 7", "17"), new("4 + 4", "8")],
            Shots = 3,
            Arrow = " = ",
        },
        new()
        {
            Id = "unscramble",
            Name = "Put letters in order",
            Task = "Put the letters in order to make a word:",
            Examples = [new("o d g", "dog"), new("a t c", "cat"), new("e r t e", "tree")],
            Shots = 1,
        },
        new()
        {
            Id = "story",
            Name = "Begin a story",
            Task = "Once upon a time there was a {animal} named {name}.",
            Variables = new Dictionary<string, string> { ["animal"] = "fox", ["name"] = "Tim" },
            Arrow = "",
        },
    ];
}

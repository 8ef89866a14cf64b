using System.Runtime.InteropServices;

namespace TinyLM.Model.Generation;

/// <summary>How often each token stands in a text, in its prompt and in what was written: what penalties look at.</summary>
public sealed class TokenHistory
{
    private readonly Dictionary<int, (int Times, int Written)> _counts = [];

    /// <summary>The tokens that the text has, with how often each stands in the whole text and in what was written.</summary>
    internal IReadOnlyDictionary<int, (int Times, int Written)> Counts => _counts;

    /// <summary>Counts tokens of the prompt.</summary>
    public void Read(IEnumerable<int> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        foreach (var id in prompt) CollectionsMarshal.GetValueRefOrAddDefault(_counts, id, out _).Times++;
    }

    /// <summary>Counts a token that was written.</summary>
    public void Write(int id)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, id, out _);
        count.Times++;
        count.Written++;
    }
}

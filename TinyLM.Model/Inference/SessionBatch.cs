using TinyLM.Model.Architectures;

namespace TinyLM.Model.Inference;

/// <summary>Takes the next tokens of several sessions through the layers together, so that each weight is read once for all of them.</summary>
/// <remarks>
/// Every session reads what it would read alone, to the last bit. For one thread at a time, as are its sessions.
/// </remarks>
public sealed class SessionBatch
{
    /// <summary>Tokens at most that are read in one go.</summary>
    public const int MostRows = InferenceSession.BlockLength;

    /// <summary>
    /// Bytes of weights up to which processors share the texts: where a processor has all weights near, reading them once for all
    /// texts gains nothing, and products of a few texts are too small to be shared.
    /// </summary>
    private const long MostNearWeights = 8 << 20;

    private readonly DecoderNetwork _network;
    private readonly BatchReader[] _readers; // one for each processor that reads some of the texts

    internal SessionBatch(DecoderNetwork network, IActivationHook? hook)
    {
        _network = network;
        var isNear = ModelArithmetic.ParameterCount(network.Config) * (network.Kernel.WeightFormat == WeightFormat.Bf16 ? 2 : sizeof(float)) <= MostNearWeights;
        _readers = [.. Enumerable.Range(0, isNear && hook is null ? network.Kernel.Threads : 1).Select(_ => new BatchReader(network, hook))];
    }

    /// <summary>Reads tokens of several texts.</summary>
    /// <param name="parts">What each session reads; each session once, together at most <see cref="MostRows"/> tokens.</param>
    /// <exception cref="ArgumentException">A session of another model, too many tokens, no token, or tokens that the session cannot read; nothing was read.</exception>
    public void Read(IReadOnlyList<BatchPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Check(parts);
        var shares = Math.Min(_readers.Length, parts.Count);
        if (shares > 1 && ProcessorTeam.Shared.TryRun(new SharedReading(_readers, parts), shares, shares - 1)) return;
        if (parts.Count > 0) _readers[0].Read(parts, 0, parts.Count);
    }

    private void Check(IReadOnlyList<BatchPart> parts)
    {
        var rows = 0;
        var sessions = new HashSet<InferenceSession>();
        foreach (var (session, tokens, _) in parts)
        {
            if (session.Network != _network) throw new ArgumentException("A session belongs to another model than the batch.", nameof(parts));
            if (session.IsHooked) throw new ArgumentException("A session whose activations are looked at reads alone.", nameof(parts));
            if (!sessions.Add(session)) throw new ArgumentException("A session stands twice in a batch.", nameof(parts));
            if (tokens.IsEmpty) throw new ArgumentException("There is no token to read for one of the sessions.", nameof(parts));
            session.Check(tokens.Span);
            rows += tokens.Length;
        }

        if (rows > MostRows) throw new ArgumentException($"{rows} tokens are too many at once; a batch reads at most {MostRows}.", nameof(parts));
    }

    /// <summary>Texts that several processors read, each some of them.</summary>
    private sealed record SharedReading(BatchReader[] Readers, IReadOnlyList<BatchPart> Parts) : ITeamWork
    {
        public void Do(int part, int parts)
        {
            var first = Parts.Count * part / parts;
            Readers[part].Read(Parts, first, Parts.Count * (part + 1) / parts - first);
        }
    }
}

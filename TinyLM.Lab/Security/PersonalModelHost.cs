using TinyLM.Lab.Models;

namespace TinyLM.Lab.Security;

/// <summary>The models as a visitor has them: every text counts against the person's allowance.</summary>
internal sealed class PersonalModelHost(IModelHost inner, Visitor visitor, Allowances allowances) : IModelHost
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<int>> ListCheckpointsAsync(string runId)
    {
        visitor.DemandLook();
        return inner.ListCheckpointsAsync(runId);
    }

    /// <inheritdoc/>
    public Task<ModelLoan> BorrowAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        visitor.DemandLook();
        return inner.BorrowAsync(model, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<NextToken> PredictAsync(ModelReference model, TextRequest request, CancellationToken cancellationToken = default)
    {
        visitor.DemandLook();
        return inner.PredictAsync(model, request, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="LimitReachedException">The person has had enough texts for now, or asks for too long a one.</exception>
    public IAsyncEnumerable<GeneratedPiece> GenerateAsync(ModelReference model, TextRequest request, CancellationToken cancellationToken = default)
    {
        visitor.DemandLook();
        allowances.SpendTexts(visitor, request.Settings.MaxTokens);
        return inner.GenerateAsync(model, request, cancellationToken);
    }
}

using MudBlazor;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Components.Sampling;

/// <summary>Asks for a person before a session, which belongs to the whole lab, writes on that person's behalf.</summary>
public sealed class WritingTurn(Visitor visitor, Allowances allowances, ISnackbar snackbar)
{
    /// <summary>Takes note of texts that a person asks for; what stands against it is said in a corner of the page.</summary>
    /// <param name="maxTokens">Tokens that each may have.</param>
    /// <param name="count">How many.</param>
    /// <returns>Whether they may be written.</returns>
    public bool Take(int maxTokens, int count = 1)
    {
        try
        {
            visitor.DemandLook();
            allowances.SpendTexts(visitor, maxTokens, count);
            return true;
        }
        catch (Exception e) when (e is LimitReachedException or NotAllowedException)
        {
            snackbar.Add(e.Message, Severity.Warning);
            return false;
        }
    }
}

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>What there is to spend.</summary>
public enum BudgetKind
{
    /// <summary>Hours of devices.</summary>
    Hours,

    /// <summary>Kilowatt-hours.</summary>
    Energy,

    /// <summary>Money, at a price of an hour.</summary>
    Money,
}

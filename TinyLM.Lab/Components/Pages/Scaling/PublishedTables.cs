using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>The published tables of the page for other programs; what is not known is no number.</summary>
internal static class PublishedTables
{
    /// <summary>Best operations and tokens by size, as printed, and by Epoch's refit.</summary>
    public static NamedTable Chinchilla() => Of(
        ChinchillaTable.Rows,
        row => Display.Compact(row.Parameters),
        ("parameters", row => row.Parameters),
        ("approach 1 operations", row => row.Approach1.Compute), ("approach 1 tokens", row => row.Approach1.Tokens),
        ("approach 2 operations", row => row.Approach2.Compute), ("approach 2 tokens", row => row.Approach2.Tokens),
        ("approach 3 operations", row => row.Approach3.Compute), ("approach 3 tokens", row => row.Approach3.Tokens),
        ("refit operations", row => ScalingFits.Epoch.Optimum.ForParameters(row.Parameters).Compute), ("refit tokens", row => ScalingFits.Epoch.Optimum.ForParameters(row.Parameters).Tokens));

    /// <summary>The constants of the laws, each with its standard error.</summary>
    public static NamedTable Constants() => Of(
        ScalingFits.Laws,
        fit => fit.Title,
        ("E", fit => fit.Law!.E), ("error of E", fit => fit.Errors?.E), ("A", fit => fit.Law!.A), ("error of A", fit => fit.Errors?.A), ("B", fit => fit.Law!.B), ("error of B", fit => fit.Errors?.B),
        ("alpha", fit => fit.Law!.Alpha), ("error of alpha", fit => fit.Errors?.Alpha), ("beta", fit => fit.Law!.Beta), ("error of beta", fit => fit.Errors?.Beta));

    /// <summary>Llama 3's hours, energy and carbon dioxide.</summary>
    public static NamedTable Llama3() => Of(
        PublishedTraining.Llama3,
        one => one.Title,
        ("device hours", one => one.DeviceHours), ("watts", one => one.Watts), ("megawatt-hours", one => one.Cost.KilowattHours / 1000), ("tonnes of carbon dioxide", one => one.Cost.CarbonKilograms / 1000), ("tonnes as printed", one => one.CarbonTonnes));

    private static NamedTable Of<T>(IReadOnlyList<T> rows, Func<T, string> name, params (string Title, Func<T, double?> Value)[] columns) => new(
        new ActivationTable([.. rows.SelectMany(row => columns.Select(column => (float)(column.Value(row) ?? double.NaN)))], rows.Count, columns.Length),
        [.. rows.Select(name)],
        [.. columns.Select(column => column.Title)]);
}

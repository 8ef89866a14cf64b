using Microsoft.AspNetCore.Components;

namespace TinyLM.Lab.Components.Tokens;

/// <summary>Keeps what a page shows in its address, so that a link or a reload brings it back.</summary>
internal static class AddressText
{
    /// <summary>UTF-16 units of a text that still stands in an address.</summary>
    public const int MostCharacters = 1000;

    /// <summary>A text as it stands in an address: null where it is the usual one, or too long.</summary>
    public static string? OrNull(string text, string usual) => text == usual || text.Length > MostCharacters ? null : text;

    /// <summary>Puts values into the query of the present address, in place of the old ones.</summary>
    public static void RememberInAddress(this NavigationManager navigation, IReadOnlyDictionary<string, object?> values)
    {
        var address = navigation.GetUriWithQueryParameters(values);
        if (address != navigation.Uri) navigation.NavigateTo(address, replace: true);
    }
}

using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Finds elements as a person would: by what they are called.</summary>
public static class Markup
{
    /// <summary>The button or the link that looks like one, by its text or label.</summary>
    public static IElement Button<T>(this IRenderedComponent<T> page, string name)
        where T : IComponent => page.Buttons(name) switch
        {
            [var one] => one,
            [] => throw new InvalidOperationException($"There is no button '{name}'; there are: {string.Join(", ", page.FindAll("button, a").Select(NameOf))}."),
            var several => throw new InvalidOperationException($"There are {several.Count} buttons '{name}'."),
        };

    /// <summary>Whether there is such a button.</summary>
    public static bool HasButton<T>(this IRenderedComponent<T> page, string name)
        where T : IComponent => page.Buttons(name).Count > 0;

    /// <summary>The field under a label.</summary>
    public static IElement Field<T>(this IRenderedComponent<T> page, string label)
        where T : IComponent
    {
        var text = page.FindAll("label").Single(one => one.TextContent.Trim() == label);
        return page.Find("#" + text.GetAttribute("for"));
    }

    /// <summary>The whole control around a field: its label, help and error.</summary>
    public static string ControlText<T>(this IRenderedComponent<T> page, string label)
        where T : IComponent => page.Field(label).Closest(".mud-input-control")!.TextContent;

    /// <summary>All text of a page: its pieces in their order, single spaces between and within.</summary>
    public static string Text<T>(this IRenderedComponent<T> page)
        where T : IComponent
    {
        var pieces = page.Nodes.SelectMany(node => node.DescendantsAndSelf<IText>()).Select(text => text.Data);
        return string.Join(' ', string.Join(' ', pieces).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static List<IElement> Buttons<T>(this IRenderedComponent<T> page, string name)
        where T : IComponent => [.. page.FindAll("button, a").Where(one => NameOf(one) == name)];

    private static string NameOf(IElement element) => element.GetAttribute("aria-label") ?? element.TextContent.Trim();
}

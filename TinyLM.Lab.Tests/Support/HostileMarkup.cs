using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Texts that become elements with scripts where somebody puts them into a page as they are.</summary>
internal static class HostileMarkup
{
    private const string Run = "window.hurt=1";

    private static readonly string[] s_ways = ["", "\">", "'>", "</textarea>", "</title>", "</style>", "</script>", "-->", "]]>", "</option></select>", "</text></svg>", "<!--><p>", "\"'></a>", "</code></pre>", "{{1}}", "@(1)"];

    private static readonly string[] s_elements =
    [
        $"<img src=x onerror={Run}>", $"<script>{Run}</script>", $"<svg onload={Run}></svg>", $"<x-hurt onpointerover={Run}></x-hurt>", $"<iframe srcdoc='<script>parent.{Run}</script>'></iframe>", $"<a href=\"javascript:{Run}\">click</a>",
        $"<body onload={Run}>x-hurt</body><x-hurt>", $"<details open ontoggle={Run}>x</details>", $"<input autofocus onfocus={Run}>", $"<object data=\"javascript:{Run}\"></object>", $"<form action=\"javascript:{Run}\"><button>x</button></form>", $"<meta http-equiv=refresh content=\"0;url=javascript:{Run}\">", $"<ScRiPt>{Run}</sCrIpT>",
        $"<img/src='x'/onerror={Run}>", $"<video><source onerror={Run}></video>", $"<math><a xlink:href=\"javascript:{Run}\">x</a></math><x-hurt>", $"<style onload={Run}></style>", $"<embed src=\"javascript:{Run}\">", $"<base href=\"javascript:{Run}//\">",
    ];

    /// <summary>So many of them, the same ones each time.</summary>
    public static IReadOnlyList<string> Take(int count) =>
        [.. Enumerable.Range(0, count).Select(i => s_ways[i % s_ways.Length] + s_elements[(i / s_ways.Length + i) % s_elements.Length])];

    /// <summary>The elements of a page that came from such a text.</summary>
    public static IReadOnlyList<string> In<T>(IRenderedComponent<T> page)
        where T : IComponent => In(page.Nodes);

    /// <inheritdoc cref="In{T}"/>
    public static IReadOnlyList<string> In(IEnumerable<INode> nodes) =>
        [.. nodes.SelectMany(node => node.DescendantsAndSelf<IElement>()).Where(IsHostile).Select(element => element.OuterHtml)];

    private static bool IsHostile(IElement element) =>
        element.LocalName is "script" or "x-hurt" or "iframe" or "object" or "embed" or "base" or "meta"
        || element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || attribute.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase));
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>The settings of a run one by one, whatever settings there are: as <c>run.json</c> has them and in its order.</summary>
public static class SpecValues
{
    /// <summary>Every setting but version, name and group, which say nothing about the training.</summary>
    public static IReadOnlyList<SpecValue> Of(RunSpec spec)
    {
        var values = new List<SpecValue>();
        Add(JsonSerializer.SerializeToNode(spec, RunJson.Indented), "");
        return values;

        void Add(JsonNode? node, string path)
        {
            switch (node)
            {
                case JsonObject group:
                    foreach (var (name, member) in group)
                        if (path.Length > 0 || name is not ("version" or "name" or "group")) Add(member, path.Length == 0 ? name : $"{path}.{name}");
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                    var number = value.ToJsonString(RunJson.Indented);
                    values.Add(new SpecValue(path, number, double.Parse(number, CultureInfo.InvariantCulture)));
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                    values.Add(new SpecValue(path, value.GetValue<string>(), null));
                    break;
                case not null:
                    values.Add(new SpecValue(path, node.ToJsonString(RunJson.Line), null));
                    break;
            }
        }
    }

    /// <summary>What differs between some specs: every setting that not all of them have alike.</summary>
    /// <returns>Places, in the order of <c>run.json</c>.</returns>
    public static IReadOnlyList<string> Differences(IReadOnlyList<IReadOnlyList<SpecValue>> specs) =>
        [.. Differing(specs, [.. specs.Select(spec => spec.ToDictionary(value => value.Path, value => value.Text, StringComparer.Ordinal))])];

    private static IEnumerable<string> Differing(IReadOnlyList<IReadOnlyList<SpecValue>> specs, IReadOnlyList<Dictionary<string, string>> texts) =>
        Paths(specs).Where(path => texts.Any(text => text.GetValueOrDefault(path) != texts[0].GetValueOrDefault(path)));

    /// <summary>Every setting that one of some specs has, in the order of <c>run.json</c>.</summary>
    public static IReadOnlyList<string> Paths(IReadOnlyList<IReadOnlyList<SpecValue>> specs) =>
        [.. specs.SelectMany(spec => spec.Select(value => value.Path)).Distinct()];
}

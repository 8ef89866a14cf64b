using System.Globalization;
using System.Text.Json;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Filtering;

/// <summary>The fields of a filter by their names, in any case: figures of runs, and every setting by its place in <c>run.json</c> or the end of it.</summary>
internal static class FilterFields
{
    private static readonly Dictionary<string, FilterField> s_figures = new(StringComparer.OrdinalIgnoreCase)
    {
        ["loss"] = Number(run => run.ValidationLoss ?? run.TrainLoss),
        ["validation"] = Number(run => run.ValidationLoss),
        ["train"] = Number(run => run.TrainLoss),
        ["entropy"] = Number(run => run.EntropyFloor),
        ["parameters"] = Number(run => run.ParameterCount),
        ["step"] = Number(run => run.Step),
        ["tokens"] = Number(run => run.Tokens),
        ["speed"] = Number(run => run.TokensPerSecond),
        ["time"] = Number(run => run.WallTime),
        ["disk"] = Number(run => run.DiskBytes),
        ["name"] = Text(run => [run.Name]),
        ["id"] = Text(run => [run.Id]),
        ["status"] = Text(run => [run.Status.ToString()]),
        ["tag"] = Text(run => run.Tags),
        ["group"] = Text(run => run.Group is { } group ? [group.Name, group.Id] : []),
        ["notes"] = Text(run => run.Notes is { } notes ? [notes] : []),
        ["corpus"] = Text(run => [run.Corpus]),
        ["preset"] = Text(run => run.Preset is { } preset ? [preset] : []),
        ["created"] = Text(run => [run.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)]),
        ["starred"] = Text(run => [run.IsStarred ? "true" : "false"]),
        ["archived"] = Text(run => [run.IsArchived ? "true" : "false"]),
    };

    /// <summary>Shorter or other words for settings.</summary>
    private static readonly Dictionary<string, string> s_settings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["layers"] = "model.layerCount",
        ["width"] = "model.embeddingSize",
        ["heads"] = "model.headCount",
        ["context"] = "model.contextLength",
        ["vocabulary"] = "model.vocabularySize",
        ["vocabularySize"] = "model.vocabularySize",
        ["batch"] = "training.batchSize",
        ["lr"] = "training.learningRate",
        ["warmup"] = "training.warmupSteps",
        ["clip"] = "training.gradientClip",
    };

    private static readonly IReadOnlyList<(string Path, Type Type)> s_places = [.. Places(typeof(RunSpec), "")];

    /// <summary>Names to offer, the usual ones first.</summary>
    public static IEnumerable<string> Names =>
        s_figures.Keys.Concat(s_settings.Keys).Concat(s_places.Select(place => NameOf(place.Path))).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The field of a name; null where there is none.</summary>
    public static FilterField? Find(string name)
    {
        if (s_figures.TryGetValue(name, out var figure)) return figure;
        if (FindSetting(name) is not var (path, type)) return null;
        return IsNumber(type)
            ? new FilterField(run => Setting(run, path)?.Number, null)
            : new FilterField(null, run => Setting(run, path) is { } value ? [value.Text] : []);
    }

    /// <summary>The place in <c>run.json</c> of a setting by its place, the end of it or a short name, and its type; null where there is none.</summary>
    public static (string Path, Type Type)? FindSetting(string name)
    {
        var asked = s_settings.GetValueOrDefault(name, name);
        var found = s_places.FirstOrDefault(place => Is(place.Path, asked));
        return found.Path is null ? null : found;
    }

    /// <summary>Short names and ends of places of all settings.</summary>
    public static IEnumerable<string> SettingNames => s_settings.Keys.Concat(s_places.Select(place => NameOf(place.Path))).Distinct(StringComparer.OrdinalIgnoreCase);

    private static SpecValue? Setting(RunFacts run, string path) => run.Settings.FirstOrDefault(value => value.Path == path);

    private static bool Is(string path, string name) =>
        path.Equals(name, StringComparison.OrdinalIgnoreCase) || NameOf(path).Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>Whether a setting of a type is a number.</summary>
    public static bool IsNumber(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    /// <summary>The settings that a spec can have, also those that are left out where they are not set.</summary>
    private static IEnumerable<(string Path, Type Type)> Places(Type record, string prefix)
    {
        foreach (var property in record.GetProperties().Where(property => property.CanWrite && property.PropertyType != typeof(GroupSpec)))
        {
            var path = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type is { IsEnum: false, Namespace: { } space } && space.StartsWith("TinyLM", StringComparison.Ordinal))
                foreach (var inner in Places(type, path + ".")) yield return inner;
            else
                yield return (path, type);
        }
    }

    private static FilterField Number(Func<RunSummary, double?> read) => new(run => read(run.Summary), null);

    private static FilterField Text(Func<RunSummary, IEnumerable<string>> read) => new(null, run => read(run.Summary));
}

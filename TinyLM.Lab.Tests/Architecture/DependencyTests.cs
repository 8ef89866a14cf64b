using System.Reflection;
using System.Text.RegularExpressions;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Architecture;

/// <summary>Who may know whom: the nevers of the design.</summary>
public partial class DependencyTests
{
    private static readonly Assembly s_model = typeof(ModelConfig).Assembly;

    [Fact]
    public void Model_References_NothingOfTheWebOrTheDatabase()
    {
        string[] forbidden = ["TinyLM.Lab", "Microsoft.AspNetCore", "LiteDB", "MudBlazor", "Plotly.Blazor"];

        var offending = s_model.GetReferencedAssemblies()
            .Where(name => forbidden.Any(prefix => name.Name!.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(name => name.Name);

        Assert.Empty(offending);
    }

    [Fact]
    public void ModelPublicMembers_Mention_NoTensor()
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        var offending =
            from type in s_model.GetExportedTypes()
            from member in type.GetMembers(Declared)
            from mentioned in TypesIn(member)
            where Parts(mentioned).Any(part => part.Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true)
            select $"{type.FullName}.{member.Name}";

        Assert.Empty(offending);
    }

    [Theory]
    [InlineData("TorchSharp", "TinyLM.Model/Architectures", "TinyLM.Model/Training")]
    [InlineData("MathNet", "TinyLM.Model/Scaling")]
    [InlineData("Plotly", "TinyLM.Lab/Components/Charts")]
    [InlineData("LiteDB", "TinyLM.Lab/Runs")]
    [InlineData("Microsoft.ML.Tokenizers", "TinyLM.Model/Tokenization")]
    public void Package_IsKnown_OnlyInItsFolders(string package, params string[] folders)
    {
        var users = SourceFiles()
            .Where(file => UsingOf(package).IsMatch(File.ReadAllText(Path.Combine(Repository.Top, file))))
            .ToList();

        Assert.NotEmpty(users);
        Assert.DoesNotContain(users, file => !folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("TinyLM.Model/Generation", "TinyLM.Model.Tokenization")]
    [InlineData("TinyLM.Model/Inference", "TinyLM.Model.Tokenization")]
    [InlineData("TinyLM.Model/Inference", "TinyLM.Model.Training")]
    [InlineData("TinyLM.Model/Training", "TinyLM.Model.Tokenization")]
    [InlineData("TinyLM.Model/Training", "TinyLM.Model.Inference")]
    [InlineData("TinyLM.Model/Training", "TinyLM.Model.Runs")]
    [InlineData("TinyLM.Model/Architectures", "TinyLM.Model.Training")]
    [InlineData("TinyLM.Model/Architectures", "TinyLM.Model.Inference")]
    [InlineData("TinyLM.Model/Tokenization", "TinyLM.Model.Data")]
    [InlineData("TinyLM.Lab/Components", "System.IO.Pipes")]
    [InlineData("TinyLM.Lab/Components", "System.Diagnostics.Process")]
    public void Folder_DoesNotKnow_Namespace(string folder, string name)
    {
        var files = SourceFiles().Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => UsingOf(name).IsMatch(File.ReadAllText(Path.Combine(Repository.Top, file))));
    }

    private static Regex UsingOf(string name) => new($@"(^|\n)\s*@?(global )?using (static )?[\w.]*\b{Regex.Escape(name)}\b|\b{Regex.Escape(name)}\.\w", RegexOptions.CultureInvariant);

    private static IEnumerable<string> SourceFiles() =>
        from project in (string[])["TinyLM.Model", "TinyLM.Lab"]
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Top, project), "*.*", SearchOption.AllDirectories)
        where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
        let relative = Path.GetRelativePath(Repository.Top, file).Replace('\\', '/')
        where !BuildOutput().IsMatch(relative)
        select relative;

    [GeneratedRegex("/(bin|obj)/", RegexOptions.CultureInvariant)]
    private static partial Regex BuildOutput();

    private static IEnumerable<Type> TypesIn(MemberInfo member) => member switch
    {
        MethodBase method => method.GetParameters().Select(parameter => parameter.ParameterType)
            .Concat(method is MethodInfo { ReturnType: var returned } ? [returned] : []),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        EventInfo { EventHandlerType: { } handler } => [handler],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        yield return type;
        if (type.GetElementType() is { } element)
            foreach (var part in Parts(element)) yield return part;
        foreach (var argument in type.GetGenericArguments())
            foreach (var part in Parts(argument).Where(part => part != type)) yield return part;
    }
}

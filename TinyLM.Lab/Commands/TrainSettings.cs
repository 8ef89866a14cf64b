using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Runs;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Commands;

/// <summary>The options of <c>train</c> that make a spec: a preset or a file, and single settings on top.</summary>
internal sealed class TrainSettings
{
    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"Where the settings start: {string.Join(", ", RunPresets.All.Select(preset => preset.Id))}. Default: {RunPresets.Quick.Id}.",
        HelpName = "name",
    };

    private readonly Option<FileInfo?> _spec = new("--spec") { Description = "A JSON file with the settings in place of a preset; the content of run.json.", HelpName = "file" };

    private readonly Option<string?> _name = new("--name") { Description = "What to call the run.", HelpName = "text" };

    private readonly Option<string?> _corpus = new("--corpus") { Description = "Id of the corpus to learn from; stories and first-stories are built in.", HelpName = "id" };

    private readonly Option<string?> _shape = new("--shape")
    {
        Description = $"A published shape for the model; its vocabulary stays that of the tokenizer. {string.Join(", ", ModelShapes.Gpt2.Concat(ModelShapes.Llama2c).Select(shape => shape.Id))}, or tinystories-<width>x<layers>.",
        HelpName = "name",
    };

    private readonly Option<double?> _parameters = new("--parameters")
    {
        Description = "About so many parameters, as 1e6: width, depth, heads, batch, steps and learning rate follow from it.",
        HelpName = "number",
    };

    private readonly Option<int?> _steps = new("--steps") { Description = "Optimizer steps.", HelpName = "number" };

    private readonly Option<int?> _batch = new("--batch") { Description = "Sequences in a forward and backward pass.", HelpName = "number" };

    private readonly Option<double?> _learningRate = new("--learning-rate") { Description = "Highest learning rate.", HelpName = "number" };

    private readonly Option<ulong?> _seed = new("--seed") { Description = "Seed of weights, batches and samples.", HelpName = "number" };

    private readonly Option<string?> _device = new("--device") { Description = "auto, cpu, cuda, cuda:N or mps.", HelpName = "name" };

    private readonly Option<int?> _threads = new("--threads") { Description = "CPU threads of the matrix products; 0 takes as many as measure fastest.", HelpName = "number" };

    private readonly Option<string?> _precision = new("--precision") { Description = "auto, fp32, tf32 (NVIDIA's cards) or bf16.", HelpName = "name" };

    private IReadOnlyList<Option> All => [_preset, _spec, _parameters, _name, _corpus, _shape, _steps, _batch, _learningRate, _seed, _device, _threads, _precision];

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    /// <summary>The first of these options that was given; null where none was.</summary>
    public string? FirstGiven(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>The settings of the run.</summary>
    /// <exception cref="InvalidSpecException">They break rules, each told in words.</exception>
    public RunSpec Read(ParseResult parsed)
    {
        var spec = Start(parsed);
        if (parsed.GetValue(_parameters) is { } size)
        {
            if (size is not (>= OneDial.SmallestSize and <= OneDial.LargestSize)) throw new InvalidSpecException([$"--parameters is {size}; expected a number from {OneDial.SmallestSize} to {OneDial.LargestSize}."]);
            spec = OneDial.OfSize(spec, size);
        }

        var training = spec.Training;
        var steps = parsed.GetValue(_steps) ?? training.Steps;
        spec = spec with
        {
            Name = parsed.GetValue(_name) ?? spec.Name,
            Model = parsed.GetValue(_shape) is { } shape ? ShapeOf(shape) with { VocabularySize = spec.Model.VocabularySize } : spec.Model,
            Data = spec.Data with { Corpus = parsed.GetValue(_corpus) ?? spec.Data.Corpus },
            Training = training with
            {
                Steps = steps,
                WarmupSteps = parsed.GetValue(_steps) is null ? training.WarmupSteps : Math.Min(training.WarmupSteps, Math.Max(0, steps)), // a short run of a preset warms up in its whole length
                BatchSize = parsed.GetValue(_batch) ?? training.BatchSize,
                LearningRate = parsed.GetValue(_learningRate) ?? training.LearningRate,
                Seed = parsed.GetValue(_seed) ?? training.Seed,
                Device = parsed.GetValue(_device) ?? training.Device,
                Threads = parsed.GetValue(_threads) ?? training.Threads,
                Precision = parsed.GetValue(_precision) is { } precision ? PrecisionOf(precision) : training.Precision,
            },
        };
        if (spec.Data.Corpus.Length == 0 && RunPresets.All.FirstOrDefault(one => one.Id == spec.Preset)?.Text is { } text)
            throw new InvalidSpecException([$"The preset {spec.Preset} is made for {text.Title}, which does not come with the lab. Get it from {text.Address}, add it on the page Corpora, and name it with --corpus."]);
        return spec.Validate() is { Count: > 0 } problems ? throw new InvalidSpecException(problems) : spec;
    }

    private static ModelConfig ShapeOf(string id) => ModelShapes.Find(id)?.Config
        ?? throw new InvalidSpecException([$"There is no shape '{id}'; there are {string.Join(", ", ModelShapes.All.Select(shape => shape.Id))}."]);

    private RunSpec Start(ParseResult parsed)
    {
        var (preset, file) = (parsed.GetValue(_preset), parsed.GetValue(_spec));
        if (preset is not null && file is not null) throw new InvalidSpecException(["Give --preset or --spec, not both."]);
        if (file is null)
        {
            return RunPresets.All.FirstOrDefault(one => one.Id == (preset ?? RunPresets.Quick.Id))?.Spec
                ?? throw new InvalidSpecException([$"There is no preset '{preset}'; expected {string.Join(", ", RunPresets.All.Select(one => one.Id))}."]);
        }

        try
        {
            return RunSpec.Parse(File.ReadAllText(file.FullName), file.ToString());
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidSpecException([e.Message]);
        }
    }

    private static TrainingPrecision PrecisionOf(string name)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingPrecision>($"\"{JsonEncodedText.Encode(name)}\"", RunJson.Strict);
        }
        catch (JsonException)
        {
            throw new InvalidSpecException([$"Precision is '{name}'; expected auto, fp32, tf32 or bf16."]);
        }
    }
}

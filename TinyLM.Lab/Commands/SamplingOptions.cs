using System.CommandLine;
using TinyLM.Lab.Models;
using TinyLM.Model.Generation;
using TinyLM.Model.Generation.Constraints;

namespace TinyLM.Lab.Commands;

/// <summary>The options of the command line by which a text is written.</summary>
internal sealed class SamplingOptions
{
    private static readonly SamplingSettings s_defaults = new();

    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "Divides the logits before the softmax; 0 always takes the likeliest token.",
        HelpName = "number",
        DefaultValueFactory = _ => s_defaults.Temperature,
    };

    private readonly Option<int?> _topK = new("--top-k") { Description = "Keeps only the likeliest so many tokens. Default: all.", HelpName = "number" };

    private readonly Option<double?> _topP = new("--top-p") { Description = "Keeps the likeliest tokens that together reach this probability. Default: all.", HelpName = "number" };

    private readonly Option<double?> _minP = new("--min-p") { Description = "Keeps tokens at least so many times as likely as the likeliest. Default: all.", HelpName = "number" };

    private readonly Option<double?> _typicalP = new("--typical-p")
    {
        Description = "Keeps tokens about as surprising as is to be expected that together reach this probability. Default: all.",
        HelpName = "number",
    };

    private readonly Option<double> _repetitionPenalty = new("--repetition-penalty")
    {
        Description = "Makes tokens that the prompt or the text has less likely; 1 changes nothing.",
        HelpName = "number",
        DefaultValueFactory = _ => s_defaults.RepetitionPenalty,
    };

    private readonly Option<double> _frequencyPenalty = new("--frequency-penalty") { Description = "Taken off a token's logit for each time that it was written.", HelpName = "number" };

    private readonly Option<double> _presencePenalty = new("--presence-penalty") { Description = "Taken off a token's logit once it was written.", HelpName = "number" };

    private readonly Option<string> _order = new("--order")
    {
        Description = "Whether the temperature acts before the filters, as in transformers, or after them, as in llama.cpp.",
        DefaultValueFactory = _ => "temperature-first",
    };

    private readonly Option<string> _context = new("--context")
    {
        Description = "What happens beyond the model's context: the window slides, or a longer prompt is refused and the text ends where it is full.",
        DefaultValueFactory = _ => "slide",
    };

    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "Most tokens to write.", HelpName = "number", DefaultValueFactory = _ => s_defaults.MaxTokens };

    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "Seed of the random choices; further samples take the seeds after it. Default: another one each time.",
        HelpName = "number",
    };

    private readonly Option<string[]> _stop = new("--stop") { Description = "End before this text; may be given several times.", HelpName = "text" };

    private readonly Option<string?> _regex = new("--regex") { Description = "The text must match this regular expression from end to end.", HelpName = "expression" };

    private readonly Option<string[]> _choice = new("--choice") { Description = "The text must be this, or another --choice.", HelpName = "text" };

    private readonly Option<string?> _jsonSchema = new("--json-schema") { Description = "The text must be JSON of the schema in this file.", HelpName = "file" };

    private readonly Option<int> _alternatives = new("--alternatives") { Description = "With --json: how many of the likeliest tokens to tell of at each place.", HelpName = "number" };

    /// <summary>The options, each with a choice of few words checked.</summary>
    public SamplingOptions()
    {
        _order.AcceptOnlyFromAmong("temperature-first", "temperature-last");
        _context.AcceptOnlyFromAmong("slide", "refuse");
    }

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_temperature, _topK, _topP, _minP, _typicalP, _repetitionPenalty, _frequencyPenalty, _presencePenalty, _order, _context, _maxTokens, _seed, _stop, _regex, _choice, _jsonSchema, _alternatives])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What the options say; a seed that was not given is drawn.</summary>
    /// <exception cref="IOException">The file of a schema cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="ArgumentException">Several constraints are given.</exception>
    public TextRequest Read(ParseResult parsed) => new()
    {
        Settings = new SamplingSettings
        {
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            TypicalP = parsed.GetValue(_typicalP),
            RepetitionPenalty = parsed.GetValue(_repetitionPenalty),
            FrequencyPenalty = parsed.GetValue(_frequencyPenalty),
            PresencePenalty = parsed.GetValue(_presencePenalty),
            Order = parsed.GetValue(_order) == "temperature-last" ? SamplingOrder.TemperatureLast : SamplingOrder.TemperatureFirst,
            Context = parsed.GetValue(_context) == "refuse" ? ContextPolicy.Refuse : ContextPolicy.Slide,
            MaxTokens = parsed.GetValue(_maxTokens),
            Seed = parsed.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64(1, 1_000_000),
        },
        Stop = parsed.GetValue(_stop) ?? [],
        Constraint = ReadConstraint(parsed),
        Alternatives = parsed.GetValue(_alternatives),
    };

    private TextConstraint? ReadConstraint(ParseResult parsed)
    {
        TextConstraint?[] all =
        [
            parsed.GetValue(_regex) is { } regex ? TextConstraint.Regex(regex) : null,
            parsed.GetValue(_choice) is [_, ..] choices ? TextConstraint.Choices(choices) : null,
            parsed.GetValue(_jsonSchema) is { } path ? TextConstraint.JsonSchema(File.ReadAllText(path)) : null,
        ];
        return all.Count(one => one is not null) <= 1 ? all.FirstOrDefault(one => one is not null)
            : throw new ArgumentException("A text can follow one constraint: give one of --regex, --choice and --json-schema.");
    }
}

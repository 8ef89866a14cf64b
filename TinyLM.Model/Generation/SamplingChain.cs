namespace TinyLM.Model.Generation;

// V = vocabulary

/// <summary>The steps that settings ask for, in their order, from the logits of a model to the distribution that a token is drawn from.</summary>
/// <remarks>All arithmetic is in double precision. For one thread at a time.</remarks>
public sealed class SamplingChain
{
    private static readonly SamplingStage[] s_temperatureFirst =
        [SamplingStage.Constraint, SamplingStage.Penalties, SamplingStage.Temperature, SamplingStage.TopK, SamplingStage.TopP, SamplingStage.MinP, SamplingStage.TypicalP];

    private static readonly SamplingStage[] s_temperatureLast =
        [SamplingStage.Constraint, SamplingStage.Penalties, SamplingStage.TopK, SamplingStage.TypicalP, SamplingStage.TopP, SamplingStage.MinP, SamplingStage.Temperature];

    private readonly SamplingSettings _settings;
    private readonly LogitFilters _filters = new();

    /// <param name="settings">What to do.</param>
    /// <exception cref="ArgumentException">The settings break a rule.</exception>
    public SamplingChain(SamplingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Validate() is [_, ..] problems) throw new ArgumentException(string.Join(" ", problems), nameof(settings));
        _settings = settings;
        Stages = settings.Order == SamplingOrder.TemperatureFirst ? s_temperatureFirst : s_temperatureLast;
    }

    /// <summary>All steps in the order of the settings, those that change nothing among them.</summary>
    public IReadOnlyList<SamplingStage> Stages { get; }

    /// <summary>Whether a step can change anything under the settings.</summary>
    public bool IsActive(SamplingStage stage) => stage switch
    {
        SamplingStage.Constraint => true,
        SamplingStage.Penalties => _settings is not { RepetitionPenalty: 1, FrequencyPenalty: 0, PresencePenalty: 0 },
        SamplingStage.Temperature => _settings.Temperature != 1,
        SamplingStage.TopK => _settings.TopK is not null,
        SamplingStage.TopP => _settings.TopP is < 1,
        SamplingStage.MinP => _settings.MinP is > 0,
        SamplingStage.TypicalP => _settings.TypicalP is < 1,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "There is no such step."),
    };

    /// <summary>Takes one step.</summary>
    /// <param name="stage">Which.</param>
    /// <param name="logits">Those that the step before left, (V); at least one is a number. Tokens that are dropped become -∞.</param>
    /// <param name="history">What the text has so far.</param>
    /// <param name="allowed">What the constraint allows; null where there is none.</param>
    internal void Apply(SamplingStage stage, Span<double> logits, TokenHistory history, TokenMask? allowed)
    {
        if (!IsActive(stage)) return;
        switch (stage)
        {
            case SamplingStage.Constraint:
                allowed?.Apply(logits);
                break;
            case SamplingStage.Penalties:
                LogitFilters.Penalise(logits, history, _settings.RepetitionPenalty, _settings.FrequencyPenalty, _settings.PresencePenalty);
                break;
            case SamplingStage.Temperature when _settings.Temperature == 0:
                KeepLikeliest(logits);
                break;
            case SamplingStage.Temperature:
                LogitFilters.Heat(logits, _settings.Temperature);
                break;
            case SamplingStage.TopK:
                _filters.TopK(logits, _settings.TopK!.Value);
                break;
            case SamplingStage.TopP:
                _filters.TopP(logits, _settings.TopP!.Value);
                break;
            case SamplingStage.MinP:
                LogitFilters.MinP(logits, _settings.MinP!.Value);
                break;
            case SamplingStage.TypicalP:
                _filters.TypicalP(logits, _settings.TypicalP!.Value);
                break;
        }
    }

    /// <summary>Temperature 0: all goes to the likeliest token, of equals to the lowest id.</summary>
    private static void KeepLikeliest(Span<double> logits)
    {
        var likeliest = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<double>(logits);
        var logit = logits[likeliest];
        logits.Fill(double.NegativeInfinity);
        logits[likeliest] = logit;
    }
}

using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>The arithmetic of a model with each formula and the numbers in it.</summary>
/// <remarks>Letters: V vocabulary, T context, C width, L layers, H heads, K width of the keys, M width inside the feed-forward layer, N parameters, D tokens of the training, s tokens and b number of the sequences of a pass.</remarks>
public static class ArithmeticSheet
{
    /// <summary>The rank that Hu et al. 2021 use for most of their models.</summary>
    private const int AdapterRank = 8;

    private static readonly ReckoningSource
        s_own = new("counted from the weights of the model", ""),
        s_kaplan = new("Kaplan et al. 2020, section 2.1", "https://arxiv.org/abs/2001.08361"),
        s_llmc = new("llm.c, train_gpt2.cu", "https://github.com/karpathy/llm.c"),
        s_palm = new("Chowdhery et al. 2022, appendix B", "https://arxiv.org/abs/2204.02311"),
        s_hoffmann = new("Hoffmann et al. 2022, appendix F", "https://arxiv.org/abs/2203.15556"),
        s_korthikanti = new("Korthikanti et al. 2022, section 4.1", "https://arxiv.org/abs/2205.05198"),
        s_zero = new("Rajbhandari et al. 2020, “ZeRO”, section 3.1", "https://arxiv.org/abs/1910.02054"),
        s_cache = new("Pope et al. 2022, section 2.1", "https://arxiv.org/abs/2211.05102"),
        s_lora = new("Hu et al. 2021, section 4.1", "https://arxiv.org/abs/2106.09685"),
        s_llama = new("the method of Llama 3's model card", "https://github.com/meta-llama/llama3/blob/main/MODEL_CARD.md");

    /// <summary>All sections for a state without problems.</summary>
    public static IReadOnlyList<ReckoningSection> Of(ArithmeticState state) => [Parameters(state.Model), Operations(state), Training(state), Use(state), Cost(state)];

    private static ReckoningSection Parameters(ModelConfig m)
    {
        var parts = ModelArithmetic.Parts(m);
        var isLlama = m.Family == ModelFamily.Llama;
        string v = N(m.VocabularySize), t = N(m.ContextLength), c = N(m.EmbeddingSize), l = N(m.LayerCount), k = N(m.KeyValueSize), i = N(m.ActualFeedForwardSize);
        return new ReckoningSection("parameters", "Parameters", "A tied head is the embedding and counted once.",
        [
            Count("Embedding", parts.Embedding, "V · C", $"{v} · {c}"),
            Count("Positions", parts.Positions, isLlama ? "none: positions are turned" : "T · C", isLlama ? "0" : $"{t} · {c}"),
            Count("Attention", parts.Attention, isLlama ? "L · (2C² + 2CK)" : "L · (4C² + 4C)", isLlama ? $"{l} · (2 · {c}² + 2 · {c} · {k})" : $"{l} · (4 · {c}² + 4 · {c})"),
            Count("Feed-forward", parts.FeedForward, isLlama ? "L · 3CM" : "L · (2CM + M + C)", isLlama ? $"{l} · 3 · {c} · {i}" : $"{l} · (2 · {c} · {i} + {i} + {c})"),
            Count("Norms", parts.Norms, isLlama ? "L · 2C + C" : "L · 4C + 2C", isLlama ? $"{l} · 2 · {c} + {c}" : $"{l} · 4 · {c} + 2 · {c}"),
            Count("Head", parts.Head, parts.Head == 0 ? "tied to the embedding" : "V · C", parts.Head == 0 ? "0" : $"{v} · {c}"),
            Count("All", parts.Total, "the sum", string.Join(" + ", ((long[])[parts.Embedding, parts.Positions, parts.Attention, parts.FeedForward, parts.Norms, parts.Head]).Where(part => part > 0).Select(part => N(part)))),
            Count("Without embeddings", parts.WithoutEmbeddings, "attention + feed-forward + norms", $"{N(parts.Attention)} + {N(parts.FeedForward)} + {N(parts.Norms)}") with { Source = s_kaplan },
            isLlama
                ? Count($"Adapters (LoRA) of rank {AdapterRank} on queries and values", ModelArithmetic.AdapterParameters(AdapterRank, m.EmbeddingSize, m.EmbeddingSize, m.LayerCount) + ModelArithmetic.AdapterParameters(AdapterRank, m.EmbeddingSize, m.KeyValueSize, m.LayerCount), "L · r · ((C + C) + (C + K))", $"{l} · {AdapterRank} · (({c} + {c}) + ({c} + {k}))") with { Source = s_lora }
                : Count($"Adapters (LoRA) of rank {AdapterRank} on the matrix of queries, keys and values", ModelArithmetic.AdapterParameters(AdapterRank, m.EmbeddingSize, 3L * m.EmbeddingSize, m.LayerCount), "L · r · (C + 3C)", $"{l} · {AdapterRank} · ({c} + 3 · {c})") with { Source = s_lora },
        ]);

        static Reckoning Count(string name, long value, string formula, string figures) => new(name, N(value), formula, figures, s_own, value);
    }

    private static ReckoningSection Operations(ArithmeticState state)
    {
        var m = state.Model;
        double all = ModelArithmetic.ParameterCount(m);
        string n = N(all), l = N(m.LayerCount), c = N(m.EmbeddingSize), t = N(m.ContextLength), h = N(m.HeadCount);
        var positions = ModelArithmetic.Parts(m).Positions;
        var block = ModelArithmetic.FlopsPerToken(m, FlopsConvention.Hoffmann) / 6 - (12.0 * m.LayerCount * m.EmbeddingSize + 9.0 * m.LayerCount * m.HeadCount) * m.ContextLength / 6;
        var each = ModelArithmetic.FlopsPerToken(m, state.Convention);
        return new ReckoningSection("operations", "Operations", "For each token of a training, forward and backward. The conventions differ; figures by different ones cannot be compared.",
        [
            Flops("A token, by 6N", FlopsConvention.Parameters, "6N", $"6 · {n}", s_kaplan),
            Flops("A token, by llm.c", FlopsConvention.Llmc, "6N + 6LCT", $"6 · {n} + 6 · {l} · {c} · {t}", s_llmc),
            Flops("A token, by PaLM", FlopsConvention.Palm, "6(N − positions) + 12LCT", $"6 · ({n} − {N(positions)}) + 12 · {l} · {c} · {t}", s_palm),
            Flops("A token, by Chinchilla, blocks alone", FlopsConvention.Hoffmann, "6 · matrices of the blocks + (12LC + 9LH)T", $"6 · {N(block)} + (12 · {l} · {c} + 9 · {l} · {h}) · {t}", s_hoffmann),
            Flops("A token, product by product", FlopsConvention.Exact, "6 · (matrices of the blocks + VC) + 6LC(T + 1)", $"6 · ({N(block)} + {N(m.VocabularySize)} · {c}) + 6 · {l} · {c} · ({t} + 1)", s_own),
            new Reckoning("A token, forward alone", Display.Amount(each / 3), "a third of the chosen count", $"{N(each)} / 3", s_kaplan, each / 3),
            new Reckoning("The training", Display.Power(each * state.Tokens), "the chosen count · D", $"{N(each)} · {Display.Amount(state.Tokens)}", s_kaplan, each * state.Tokens),
        ]);

        Reckoning Flops(string name, FlopsConvention convention, string formula, string figures, ReckoningSource source)
        {
            var value = ModelArithmetic.FlopsPerToken(m, convention);
            return new Reckoning(name, Display.Amount(value), formula, figures, source, value);
        }
    }

    private static ReckoningSection Training(ArithmeticState state)
    {
        var m = state.Model;
        var memory = TrainingMemory.Of(m, state.Numbers, state.Sequences, m.ContextLength, state.Keeping);
        var isFp32 = state.Numbers == TrainingNumbers.Fp32;
        double all = ModelArithmetic.ParameterCount(m);
        string n = N(all), s = N(m.ContextLength), b = N(state.Sequences), c = N(m.EmbeddingSize), l = N(m.LayerCount), h = N(m.HeadCount);
        var (block, score, number) = (TrainingMemory.BlockBytes(isFp32), TrainingMemory.ScoreBytes(isFp32), isFp32 ? 4 : 2);
        var (formula, figures) = state.Keeping switch
        {
            ActivationKeeping.Everything => ($"L · s · b · C · ({block} + {score} · H · s / C)", $"{l} · {s} · {b} · {c} · ({block} + {score} · {h} · {s} / {c})"),
            ActivationKeeping.WithoutScores => ($"L · s · b · C · {block}", $"{l} · {s} · {b} · {c} · {block}"),
            _ => ($"s · b · C · ({number}L + {block})", $"{s} · {b} · {c} · ({number} · {l} + {block})"),
        };
        double worker = WorkerMemory.Of(m, state.Sequences, 0, state.Keeping == ActivationKeeping.BlockInputs, Environment.ProcessorCount).Total;
        double lab = ModelArithmetic.TrainingBytes(m, state.Sequences, 0, state.Keeping == ActivationKeeping.BlockInputs);
        return new ReckoningSection("training-memory", "Memory of the training", "On one device, with AdamW. The formula for the blocks is of GPT's, with dropout and a hidden layer of 4C; a Llama's keep somewhat other sums.",
        [
            Bytes("Weights", memory.Weights, $"{number} · N", $"{number} · {n}", s_zero),
            Bytes("Gradients", memory.Gradients, $"{number} · N", $"{number} · {n}", s_zero),
            Bytes("Master weights in fp32", memory.MasterWeights, memory.MasterWeights == 0 ? "none" : "4 · N", memory.MasterWeights == 0 ? "0" : $"4 · {n}", s_zero),
            Bytes("AdamW's moments", memory.Moments, state.Numbers == TrainingNumbers.Bf16 ? "4 · N" : "8 · N", $"{(state.Numbers == TrainingNumbers.Bf16 ? 4 : 8)} · {n}", s_zero),
            Bytes("Activations of the blocks", memory.Activations, formula, figures, s_korthikanti),
            Bytes("Logits", memory.Logits, "4 · s · b · V", $"4 · {s} · {b} · {N(m.VocabularySize)}", s_own),
            Bytes("All", memory.Total, "the sum", string.Join(" + ", ((double[])[memory.Weights, memory.Gradients, memory.MasterWeights, memory.Moments, memory.Activations, memory.Logits]).Where(part => part > 0).Select(Gigabytes)), s_own),
            Bytes("Weights and gradients alone", memory.Weights + memory.Gradients, $"{2 * number} · N", $"{2 * number} · {n}", new ReckoningSource("what lectures count as “training” when they say 32 GB for 8B parameters at 16 bits", "")),
            Bytes("In this lab on a card, fp32", lab, "16N, what its blocks keep, and a piece of the logits", $"16 · {n} + …", new ReckoningSource("the estimate of “New run”", "/new")),
            Bytes("In this lab on this processor, fp32", worker, "the process itself, 16N, 4N for each further thread, 12N while a checkpoint is written, what blocks keep and backward makes, pieces of logits", $"{Gigabytes(WorkerMemory.Base)} + 28 · {n} + …", new ReckoningSource("the estimate of “New run”", "/new")),
        ]);
    }

    private static ReckoningSection Use(ArithmeticState state)
    {
        var m = state.Model;
        double all = ModelArithmetic.ParameterCount(m);
        var cache = ModelArithmetic.KeyValueBytes(m, m.ContextLength, state.Texts);
        return new ReckoningSection("use-memory", "Memory of use", "Writing needs the weights and the keys and values of every text so far; scales of quantised weights come on top.",
        [
            .. ((int[])[16, 8, 4]).Select(bits => Bytes($"Weights at {bits} bits", ModelArithmetic.WeightBytes(m, bits), $"N · {bits} / 8", $"{N(all)} · {bits} / 8", s_own)),
            Bytes("Keys and values of a full context, 16 bits", cache, "2 · L · K · T · texts · 2", $"2 · {N(m.LayerCount)} · {N(m.KeyValueSize)} · {N(m.ContextLength)} · {N(state.Texts)} · 2", s_cache),
            Bytes("Both at 16 bits", ModelArithmetic.WeightBytes(m, 16) + cache, "the sum", $"{Gigabytes(ModelArithmetic.WeightBytes(m, 16))} + {Gigabytes(cache)}", s_own),
        ]);
    }

    private static ReckoningSection Cost(ArithmeticState state)
    {
        var device = Accelerators.Find(state.Device)!;
        var flops = ModelArithmetic.FlopsPerToken(state.Model, state.Convention) * state.Tokens;
        var hours = TrainingCost.DeviceHoursOf(flops, device.FlopsPerSecond, state.Utilisation / 100);
        var cost = new TrainingCost(hours, state.Devices, device.Watts, state.Carbon, state.Price);
        string h = Display.Amount(hours), kwh = Display.Amount(cost.KilowattHours);
        return new ReckoningSection("cost", "Time, energy, money", $"On {device.Title}: {Display.Amount(device.FlopsPerSecond / 1e12)} TFLOP/s in bf16, {Display.Amount(device.Watts)} W by the data sheet. Cooling, hosts and networks come on top.",
        [
            new("Hours of devices", h, "C / (peak · utilisation · 3600)", $"{Display.Power(flops)} / ({Display.Power(device.FlopsPerSecond)} · {Display.Amount(state.Utilisation)}% · 3600)", s_llmc, hours),
            new("From start to end", Hours(cost.Hours), "hours of devices / devices", $"{h} / {N(state.Devices)}", s_own, cost.Hours),
            new("Energy", $"{kwh} kWh", "hours of devices · W / 1000", $"{h} · {Display.Amount(device.Watts)} / 1000", s_llama, cost.KilowattHours),
            new("Carbon dioxide", $"{Display.Amount(cost.CarbonKilograms)} kg", "energy · kg a kWh", $"{kwh} · {Display.Rate(state.Carbon)}", s_llama, cost.CarbonKilograms),
            new("Price", Display.Amount(cost.Price), "hours of devices · price of an hour", $"{h} · {Display.Amount(state.Price)}", s_own, cost.Price),
        ]);
    }

    private static Reckoning Bytes(string name, double value, string formula, string figures, ReckoningSource source) => new(name, Gigabytes(value), formula, figures, source, value);

    private static string Gigabytes(double bytes) => bytes < 1e18 ? Display.Bytes((long)bytes) : $"{Display.Power(bytes)} B";

    /// <summary>A time in words; what is longer than anybody waits, in years.</summary>
    private static string Hours(double hours) => hours < 24 * 3650 ? Display.Duration(TimeSpan.FromHours(hours)) : $"{Display.Amount(hours / 24 / 365.25)} years";

    private static string N(double value) => value < 1e15 ? value.ToString("#,0", CultureInfo.InvariantCulture) : Display.Power(value);
}

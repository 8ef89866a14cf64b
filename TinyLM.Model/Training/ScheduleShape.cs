using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum ScheduleShape
{
    /// <summary>Down along half a cosine. Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983, without restarts.</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine,

    /// <summary>Down along a line. As in BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805).</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary>It stays.</summary>
    [JsonStringEnumMemberName("constant")]
    Constant,

    /// <summary>
    /// It stays, and falls as 1 − √ only at the end, so that a longer run shares all but its end with a shorter one.
    /// Hu et al. 2024 (MiniCPM), section 4, https://arxiv.org/abs/2404.06395; the fall of Hägele et al. 2024, https://arxiv.org/abs/2405.18392.
    /// </summary>
    [JsonStringEnumMemberName("warmupStableDecay")]
    WarmupStableDecay,
}

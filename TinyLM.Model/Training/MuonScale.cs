using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>How long Muon's update of a matrix is.</summary>
public enum MuonScale
{
    /// <summary>
    /// 0.2·√max(rows, columns): about the size of AdamW's updates, so that one learning rate serves both.
    /// Liu et al. 2025 (Moonlight), section 2.2, https://arxiv.org/abs/2502.16982.
    /// </summary>
    [JsonStringEnumMemberName("moonlight")]
    Moonlight,

    /// <summary>√max(1, rows / columns), with a learning rate of its own near 0.02. Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.</summary>
    [JsonStringEnumMemberName("jordan")]
    Jordan,
}

namespace TinyLM.Model.Scaling;

/// <summary>NVIDIA's data sheets: dense bf16.</summary>
public static class Accelerators
{
    /// <summary>A100, SXM, 80 GB.</summary>
    public static Accelerator A100 { get; } = new("a100", "A100 SXM", 312e12, 2.0e12, 400);

    /// <summary>H100 on a PCIe card.</summary>
    public static Accelerator H100Pcie { get; } = new("h100-pcie", "H100 PCIe", 756e12, 2.0e12, 350);

    /// <summary>H100, SXM.</summary>
    public static Accelerator H100 { get; } = new("h100", "H100 SXM", 989e12, 3.35e12, 700);

    /// <summary>H200, SXM.</summary>
    public static Accelerator H200 { get; } = new("h200", "H200 SXM", 989e12, 4.8e12, 700);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Accelerator> All { get; } = [A100, H100Pcie, H100, H200];

    /// <summary>A device by its id; null where there is none.</summary>
    public static Accelerator? Find(string? id) => All.FirstOrDefault(one => one.Id == id);
}

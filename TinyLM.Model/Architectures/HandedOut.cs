using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>Gradients that managed functions gave to autograd on this thread.</summary>
/// <remarks>They must live until libtorch has counted itself in, which it does right after the function returns.</remarks>
internal static class HandedOut
{
    [ThreadStatic] private static Tensor?[]? s_gradients;

    /// <summary>Lets go of what was handed out before, and holds other gradients.</summary>
    public static void Replace(Tensor?[] gradients)
    {
        Free();
        s_gradients = gradients;
    }

    /// <summary>Lets go of what was handed out before.</summary>
    public static void Free()
    {
        foreach (var earlier in s_gradients ?? []) earlier?.Dispose();
        s_gradients = null;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Architectures.Kernels;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Training;

/// <summary>One step of AdamW over a stretch of memory, in one pass: reads gradient, moments and weight, writes moments and weight.</summary>
/// <remarks>
/// Loshchilov and Hutter 2017, algorithm 2, https://arxiv.org/abs/1711.05101, as PyTorch and llm.c compute it:
/// w ← w(1 − ηλ) − η · m̂ / (√v̂ + ε). At memory speed, where torch.optim.AdamW makes full-size temporaries.
/// </remarks>
internal static unsafe class AdamWKernel
{
    /// <param name="weights">Changed.</param>
    /// <param name="working">Receives the weights in bf16; null where no one wants them.</param>
    /// <param name="gradients">Read.</param>
    /// <param name="first">First moments; changed.</param>
    /// <param name="second">Second moments; changed.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="step">The constants of the step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* weights, ushort* working, float* gradients, float* first, float* second, long count, in Constants step)
    {
        long i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var beta1 = Vector512.Create(step.Beta1);
            var beta2 = Vector512.Create(step.Beta2);
            var scale = Vector512.Create(step.GradientScale);
            var gain1 = Vector512.Create(1 - step.Beta1);
            var gain2 = Vector512.Create(1 - step.Beta2);
            var correction2 = Vector512.Create(step.SecondCorrection);
            var epsilon = Vector512.Create(step.Epsilon);
            var rate = Vector512.Create(-step.Rate);
            var decay = Vector512.Create(step.Decay);
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var g = scale * Vector512.Load(gradients + i);
                var m = Vector512.FusedMultiplyAdd(beta1, Vector512.Load(first + i), gain1 * g);
                var v = Vector512.FusedMultiplyAdd(beta2, Vector512.Load(second + i), gain2 * (g * g));
                m.Store(first + i);
                v.Store(second + i);
                var update = rate * m / (Vector512.Sqrt(v * correction2) + epsilon);
                var weight = Vector512.FusedMultiplyAdd(Vector512.Load(weights + i), decay, update);
                weight.Store(weights + i);
                if (working is not null) Bf16.Store(weight, working, (nint)i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var beta1 = Vector256.Create(step.Beta1);
            var beta2 = Vector256.Create(step.Beta2);
            var scale = Vector256.Create(step.GradientScale);
            var gain1 = Vector256.Create(1 - step.Beta1);
            var gain2 = Vector256.Create(1 - step.Beta2);
            var correction2 = Vector256.Create(step.SecondCorrection);
            var epsilon = Vector256.Create(step.Epsilon);
            var rate = Vector256.Create(-step.Rate);
            var decay = Vector256.Create(step.Decay);
            for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var g = scale * Vector256.Load(gradients + i);
                var m = Vector256.FusedMultiplyAdd(beta1, Vector256.Load(first + i), gain1 * g);
                var v = Vector256.FusedMultiplyAdd(beta2, Vector256.Load(second + i), gain2 * (g * g));
                m.Store(first + i);
                v.Store(second + i);
                var update = rate * m / (Vector256.Sqrt(v * correction2) + epsilon);
                Vector256.FusedMultiplyAdd(Vector256.Load(weights + i), decay, update).Store(weights + i);
                if (working is null) continue;
                for (var lane = 0; lane < Vector256<float>.Count; lane++) working[i + lane] = BrainFloat.Round(weights[i + lane]);
            }
        }
        for (; i < count; i++)
        {
            var g = step.GradientScale * gradients[i];
            first[i] = MathF.FusedMultiplyAdd(step.Beta1, first[i], (1 - step.Beta1) * g);
            second[i] = MathF.FusedMultiplyAdd(step.Beta2, second[i], (1 - step.Beta2) * (g * g));
            var update = -step.Rate * first[i] / (MathF.Sqrt(second[i] * step.SecondCorrection) + step.Epsilon);
            weights[i] = MathF.FusedMultiplyAdd(weights[i], step.Decay, update);
            if (working is not null) working[i] = BrainFloat.Round(weights[i]);
        }
    }

    /// <summary>What is the same for all weights in a step; computed in double precision, then rounded once.</summary>
    internal readonly struct Constants
    {
        /// <param name="settings">The optimizer's.</param>
        /// <param name="step">Number of the step, from 1.</param>
        /// <param name="learningRate">η.</param>
        /// <param name="gradientScale">The gradients are multiplied by it: clipping and averaging.</param>
        /// <param name="decays">Whether weight decay applies here.</param>
        public Constants(AdamWSettings settings, int step, double learningRate, double gradientScale, bool decays)
        {
            Beta1 = (float)settings.Beta1;
            Beta2 = (float)settings.Beta2;
            GradientScale = (float)gradientScale;
            SecondCorrection = (float)(1 / (1 - Math.Pow(settings.Beta2, step)));
            Rate = (float)(learningRate / (1 - Math.Pow(settings.Beta1, step)));
            Epsilon = (float)settings.Epsilon;
            Decay = decays ? (float)(1 - learningRate * settings.WeightDecay) : 1;
        }

        public float Beta1 { get; }
        public float Beta2 { get; }
        public float GradientScale { get; }
        public float SecondCorrection { get; }
        public float Rate { get; }
        public float Epsilon { get; }
        public float Decay { get; }
    }
}

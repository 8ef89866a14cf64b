using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures.Kernels;

// B = batch, T = position, C = embedding size, H = heads, D = C / H; T and D padded to whole tiles in the workspace

/// <summary>Causal self-attention of one head at a time, forward and backward, whose scores never leave the cache.</summary>
/// <remarks>
/// Vaswani et al. 2017, section 3.2; backward as in Dao et al. 2022 (FlashAttention, https://arxiv.org/abs/2205.14135), appendix B:
/// the probabilities are computed again rather than kept. Half of the products are left out, since no token looks ahead.
/// One workspace a thread.
/// </remarks>
internal sealed unsafe class AttentionKernel : IDisposable
{
    private const int ColumnTile = 32;

    private readonly int _length;
    private readonly int _heads;
    private readonly int _size;
    private readonly int _rows; // T padded
    private readonly int _columns; // D padded
    private readonly float _scale;
    private readonly float* _memory;
    private readonly float* _query;
    private readonly float* _key;
    private readonly float* _value;
    private readonly float* _output; // forward: the output; backward: its gradient
    private readonly float* _keyTransposed;
    private readonly float* _valueTransposed;
    private readonly float* _probabilities;
    private readonly float* _scoreGradients;
    private readonly float* _tile;

    /// <param name="length">T.</param>
    /// <param name="heads">H.</param>
    /// <param name="size">D.</param>
    public AttentionKernel(int length, int heads, int size)
    {
        (_length, _heads, _size, _scale) = (length, heads, size, 1 / MathF.Sqrt(size));
        _rows = (length + ColumnTile - 1) / ColumnTile * ColumnTile;
        _columns = (size + 15) / 16 * 16;
        var matrix = (nint)_rows * _columns;
        var square = (nint)_rows * _rows;
        var total = 6 * matrix + 2 * square + TileProduct.Rows * _columns;
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)total * sizeof(float), 64);
        NativeMemory.Clear(_memory, (nuint)total * sizeof(float)); // what pads stays zero from now on
        _query = _memory;
        _key = _query + matrix;
        _value = _key + matrix;
        _output = _value + matrix;
        _keyTransposed = _output + matrix;
        _valueTransposed = _keyTransposed + matrix;
        _probabilities = _valueTransposed + matrix;
        _scoreGradients = _probabilities + square;
        _tile = _scoreGradients + square;
    }

    /// <summary>Whether a workspace for so many tokens is small enough for the cache, and the machine has the registers.</summary>
    public static bool Supports(long length) => Vector512.IsHardwareAccelerated && length <= 1024;

    /// <summary>Attention of all heads of some sequences.</summary>
    /// <param name="queryKeyValue">(B·T, 3C): queries, keys, values, each of all heads.</param>
    /// <param name="output">(B·T, C); overwritten.</param>
    /// <param name="batch">B.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward<T>(void* queryKeyValue, void* output, nint batch)
        where T : struct, INumberFormat
    {
        var width = _heads * _size;
        for (nint b = 0; b < batch; b++)
        {
            var sequence = (byte*)queryKeyValue + b * _length * 3 * width * T.Size;
            var result = (byte*)output + b * _length * width * T.Size;
            for (var head = 0; head < _heads; head++)
            {
                Unpack<T>(sequence, 3 * width, head * _size, _query);
                Unpack<T>(sequence, 3 * width, width + head * _size, _key);
                Unpack<T>(sequence, 3 * width, 2 * width + head * _size, _value);
                Transpose(_key, _keyTransposed);
                for (var row = 0; row < _length; row += TileProduct.Rows)
                {
                    Probabilities(row);
                    var probabilities = _probabilities + (nint)row * _rows;
                    TileProduct.Compute(probabilities, _rows, 1, _value, _columns, row + TileProduct.Rows, _output + (nint)row * _columns, _columns, _columns);
                }
                Pack<T>(_output, result, width, head * _size);
            }
        }
    }

    /// <summary>Gradients of queries, keys and values.</summary>
    /// <param name="queryKeyValue">As it was forward.</param>
    /// <param name="outputGradient">(B·T, C).</param>
    /// <param name="queryKeyValueGradient">(B·T, 3C); overwritten.</param>
    /// <param name="batch">B.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward<T>(void* queryKeyValue, void* outputGradient, void* queryKeyValueGradient, nint batch)
        where T : struct, INumberFormat
    {
        var width = _heads * _size;
        for (nint b = 0; b < batch; b++)
        {
            var sequence = (byte*)queryKeyValue + b * _length * 3 * width * T.Size;
            var incoming = (byte*)outputGradient + b * _length * width * T.Size;
            var result = (byte*)queryKeyValueGradient + b * _length * 3 * width * T.Size;
            for (var head = 0; head < _heads; head++)
            {
                Unpack<T>(sequence, 3 * width, head * _size, _query);
                Unpack<T>(sequence, 3 * width, width + head * _size, _key);
                Unpack<T>(sequence, 3 * width, 2 * width + head * _size, _value);
                Unpack<T>(incoming, width, head * _size, _output);
                Transpose(_key, _keyTransposed);
                Transpose(_value, _valueTransposed);
                for (var row = 0; row < _rows; row += TileProduct.Rows)
                {
                    Probabilities(row);
                    ScoreGradients(row);
                }

                Gradient<T>(_probabilities, transposed: true, _output, result, width, 2 * width + head * _size);
                Gradient<T>(_scoreGradients, transposed: true, _query, result, width, width + head * _size);
                Gradient<T>(_scoreGradients, transposed: false, _key, result, width, head * _size);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_memory);

    /// <summary>softmax(q · kᵀ / √D) of 8 rows, zero for what lies ahead of a token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Probabilities(int row)
    {
        var columns = Reach(row);
        var scores = _probabilities + (nint)row * _rows;
        TileProduct.Compute(_query + (nint)row * _columns, _columns, 1, _keyTransposed, _rows, _columns, scores, _rows, columns);
        for (var r = 0; r < TileProduct.Rows; r++, scores += _rows)
        {
            var last = Vector512.Create(row + r);
            var greatest = Vector512.Create(float.NegativeInfinity);
            for (var j = 0; j < columns; j += 16)
            {
                var visible = Vector512.LessThanOrEqual(Vector512<int>.Indices + Vector512.Create(j), last).AsSingle();
                greatest = Vector512.Max(greatest, Vector512.ConditionalSelect(visible, Vector512.Load(scores + j), Vector512.Create(float.NegativeInfinity)));
            }
            var shift = Vector512.Create(Greatest(greatest) * _scale);
            var sum = Vector512<float>.Zero;
            for (var j = 0; j < columns; j += 16)
            {
                var visible = Vector512.LessThanOrEqual(Vector512<int>.Indices + Vector512.Create(j), last).AsSingle();
                var e = VectorMath.Exp(Vector512.Load(scores + j) * _scale - shift) & visible;
                e.Store(scores + j);
                sum += e;
            }
            var factor = Vector512.Create(1 / Vector512.Sum(sum));
            for (var j = 0; j < columns; j += 16) (Vector512.Load(scores + j) * factor).Store(scores + j);
        }
    }

    /// <summary>Gradient of the scores of 8 rows: P ∘ (dP − rowsum(P ∘ dP)) / √D with dP = dO · vᵀ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreGradients(int row)
    {
        var columns = Reach(row);
        var gradients = _scoreGradients + (nint)row * _rows;
        var probabilities = _probabilities + (nint)row * _rows;
        TileProduct.Compute(_output + (nint)row * _columns, _columns, 1, _valueTransposed, _rows, _columns, gradients, _rows, columns);
        for (var r = 0; r < TileProduct.Rows; r++, gradients += _rows, probabilities += _rows)
        {
            var sum = Vector512<float>.Zero;
            for (var j = 0; j < columns; j += 16) sum = Vector512.FusedMultiplyAdd(Vector512.Load(probabilities + j), Vector512.Load(gradients + j), sum);
            var mean = Vector512.Create(Vector512.Sum(sum));
            for (var j = 0; j < columns; j += 16)
                (Vector512.Load(probabilities + j) * (Vector512.Load(gradients + j) - mean) * _scale).Store(gradients + j);
        }
    }

    /// <summary>M · other or Mᵀ · other, where M (T, T) is zero above its diagonal, into a column of heads.</summary>
    private void Gradient<T>(float* matrix, bool transposed, float* other, byte* result, int width, int column)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < _length; row += TileProduct.Rows)
        {
            if (transposed)
                TileProduct.Compute(matrix + row * _rows + row, 1, _rows, other + row * _columns, _columns, _rows - row, _tile, _columns, _columns);
            else
                TileProduct.Compute(matrix + row * _rows, _rows, 1, other, _columns, row + TileProduct.Rows, _tile, _columns, _columns);
            var rows = Math.Min(TileProduct.Rows, _length - (int)row);
            for (var r = 0; r < rows; r++) PackRow<T>(_tile + r * _columns, result, (row + r) * 3 * width + column);
        }
    }

    /// <summary>Columns that the tiles of 8 rows cover.</summary>
    private static int Reach(int row) => (row + TileProduct.Rows + ColumnTile - 1) / ColumnTile * ColumnTile;

    private void Unpack<T>(byte* source, int stride, int column, float* target)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < _length; row++, target += _columns)
        {
            var start = row * stride + column;
            var d = 0;
            for (; d <= _size - 16; d += 16) T.Load(source, start + d).Store(target + d);
            for (; d < _size; d++) target[d] = T.LoadOne(source, start + d);
        }
        new Span<float>(target, (_rows - _length) * _columns).Clear();
    }

    private void Pack<T>(float* source, byte* target, int stride, int column)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < _length; row++) PackRow<T>(source + row * _columns, target, row * stride + column);
    }

    private void PackRow<T>(float* source, byte* target, nint start)
        where T : struct, INumberFormat
    {
        var d = 0;
        for (; d <= _size - 16; d += 16) T.Store(Vector512.Load(source + d), target, start + d);
        for (; d < _size; d++) T.StoreOne(source[d], target, start + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(float* source, float* target)
    {
        for (nint top = 0; top < _rows; top += 16)
            for (nint d = 0; d < _columns; d++)
                for (nint t = top; t < top + 16; t++) target[d * _rows + t] = source[t * _columns + d];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Greatest(Vector512<float> lanes)
    {
        var eight = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }
}

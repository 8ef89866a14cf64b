using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures.Kernels;

// B = batch, T = position, C = embedding size, H = heads, D = C / H; T and D padded to whole tiles in the workspace
// K = width of all keys, or all values, of a token: C, or less where heads share them

/// <summary>Causal self-attention of one head at a time, forward and backward, whose scores never leave the cache.</summary>
/// <remarks>
/// Queries and keys are turned by their positions where the model has rotary positions, on their way into the workspace, and the
/// gradients are turned back on their way out.
/// Vaswani et al. 2017, section 3.2; backward as in Dao et al. 2022 (FlashAttention, https://arxiv.org/abs/2205.14135), appendix B:
/// the probabilities are computed again rather than kept. Half of the products are left out, since no token looks ahead.
/// One workspace a thread.
/// </remarks>
internal sealed unsafe class AttentionKernel : IDisposable
{
    private const int ColumnTile = 32;

    private readonly int _length;
    private readonly int _heads;
    private readonly int _keyValueHeads;
    private readonly int _size;
    private readonly int _stride; // C + 2K
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
    private readonly float* _keyGradient;
    private readonly float* _valueGradient;
    private readonly float* _probabilities;
    private readonly float* _scoreGradients;
    private readonly float* _tile;
    private readonly float* _cosines; // (T, D / 2); null without rotary positions
    private readonly float* _sines;

    /// <param name="length">T.</param>
    /// <param name="heads">H.</param>
    /// <param name="size">D.</param>
    /// <param name="keyValueHeads">Heads of keys and values, each shared by as many of the queries'; null: as many as H.</param>
    /// <param name="rotary">Angles of T positions; null without rotary positions.</param>
    public AttentionKernel(int length, int heads, int size, int? keyValueHeads = null, RotaryTable? rotary = null)
    {
        (_length, _heads, _size, _scale) = (length, heads, size, 1 / MathF.Sqrt(size));
        _keyValueHeads = keyValueHeads ?? heads;
        _stride = (heads + 2 * _keyValueHeads) * size;
        _rows = (length + ColumnTile - 1) / ColumnTile * ColumnTile;
        _columns = (size + 15) / 16 * 16;
        var matrix = (nint)_rows * _columns;
        var square = (nint)_rows * _rows;
        var angles = rotary is null ? 0 : (nint)length * (size / 2);
        var total = 8 * matrix + 2 * square + TileProduct.Rows * _columns + 2 * angles;
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)total * sizeof(float), 64);
        NativeMemory.Clear(_memory, (nuint)total * sizeof(float)); // what pads stays zero from now on
        _query = _memory;
        _key = _query + matrix;
        _value = _key + matrix;
        _output = _value + matrix;
        _keyTransposed = _output + matrix;
        _valueTransposed = _keyTransposed + matrix;
        _keyGradient = _valueTransposed + matrix;
        _valueGradient = _keyGradient + matrix;
        _probabilities = _valueGradient + matrix;
        _scoreGradients = _probabilities + square;
        _tile = _scoreGradients + square;
        if (rotary is null) return;
        _cosines = _tile + TileProduct.Rows * _columns;
        _sines = _cosines + angles;
        rotary.Cosines.AsSpan(0, (int)angles).CopyTo(new Span<float>(_cosines, (int)angles));
        rotary.Sines.AsSpan(0, (int)angles).CopyTo(new Span<float>(_sines, (int)angles));
    }

    /// <summary>C.</summary>
    public int Width => _heads * _size;

    /// <summary>Whether a workspace for so many tokens is small enough for the cache.</summary>
    public static bool Supports(long length) => length <= 1024;

    /// <summary>Attention of all heads of some sequences.</summary>
    /// <param name="queryKeyValue">(B·T, C + 2K): queries, keys, values, each of all heads.</param>
    /// <param name="output">(B·T, C); overwritten.</param>
    /// <param name="batch">B.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward<T>(void* queryKeyValue, void* output, nint batch)
        where T : struct, INumberFormat
    {
        var width = Width;
        for (nint b = 0; b < batch; b++)
        {
            var sequence = (byte*)queryKeyValue + b * _length * _stride * T.Size;
            var result = (byte*)output + b * _length * width * T.Size;
            for (var shared = 0; shared < _keyValueHeads; shared++)
            {
                UnpackKeysAndValues<T>(sequence, shared);
                for (var head = FirstReader(shared); head < FirstReader(shared + 1); head++)
                {
                    Unpack<T>(sequence, _stride, head * _size, _query);
                    Rotate(_query, 1);
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
    }

    /// <summary>Gradients of queries, keys and values.</summary>
    /// <param name="queryKeyValue">As it was forward.</param>
    /// <param name="outputGradient">(B·T, C).</param>
    /// <param name="queryKeyValueGradient">(B·T, C + 2K); overwritten.</param>
    /// <param name="batch">B.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward<T>(void* queryKeyValue, void* outputGradient, void* queryKeyValueGradient, nint batch)
        where T : struct, INumberFormat
    {
        var width = Width;
        for (nint b = 0; b < batch; b++)
        {
            var sequence = (byte*)queryKeyValue + b * _length * _stride * T.Size;
            var incoming = (byte*)outputGradient + b * _length * width * T.Size;
            var result = (byte*)queryKeyValueGradient + b * _length * _stride * T.Size;
            for (var shared = 0; shared < _keyValueHeads; shared++)
            {
                UnpackKeysAndValues<T>(sequence, shared);
                Transpose(_value, _valueTransposed);
                for (var head = FirstReader(shared); head < FirstReader(shared + 1); head++)
                {
                    Unpack<T>(sequence, _stride, head * _size, _query);
                    Rotate(_query, 1);
                    Unpack<T>(incoming, width, head * _size, _output);
                    for (var row = 0; row < _rows; row += TileProduct.Rows)
                    {
                        Probabilities(row);
                        ScoreGradients(row);
                    }

                    var isFirst = head == FirstReader(shared);
                    Gradient(_probabilities, transposed: true, _output, _valueGradient, add: !isFirst);
                    Gradient(_scoreGradients, transposed: true, _query, _keyGradient, add: !isFirst);
                    Gradient(_scoreGradients, transposed: false, _key, _query, add: false); // the queries are not needed any more
                    Rotate(_query, -1);
                    Pack<T>(_query, result, _stride, head * _size);
                }
                Rotate(_keyGradient, -1);
                Pack<T>(_keyGradient, result, _stride, width + shared * _size);
                Pack<T>(_valueGradient, result, _stride, width + (_keyValueHeads + shared) * _size);
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

    /// <summary>M · other or Mᵀ · other, where M (T, T) is zero above its diagonal.</summary>
    private void Gradient(float* matrix, bool transposed, float* other, float* target, bool add)
    {
        for (nint row = 0; row < _length; row += TileProduct.Rows)
        {
            var rows = target + row * _columns;
            var tile = add ? _tile : rows;
            if (transposed)
                TileProduct.Compute(matrix + row * _rows + row, 1, _rows, other + row * _columns, _columns, _rows - row, tile, _columns, _columns);
            else
                TileProduct.Compute(matrix + row * _rows, _rows, 1, other, _columns, row + TileProduct.Rows, tile, _columns, _columns);
            if (!add) continue;
            for (var i = 0; i < TileProduct.Rows * _columns; i += 16) (Vector512.Load(rows + i) + Vector512.Load(tile + i)).Store(rows + i);
        }
    }

    /// <summary>The first of the queries' heads that share a head of keys and values.</summary>
    private int FirstReader(int shared) => shared * (_heads / _keyValueHeads);

    private void UnpackKeysAndValues<T>(byte* sequence, int shared)
        where T : struct, INumberFormat
    {
        Unpack<T>(sequence, _stride, (_heads + shared) * _size, _key);
        Unpack<T>(sequence, _stride, (_heads + _keyValueHeads + shared) * _size, _value);
        Rotate(_key, 1);
        Transpose(_key, _keyTransposed);
    }

    /// <summary>Turns the pairs (i, i + D/2) of each row by its position's angles, or back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rotate(float* matrix, float direction)
    {
        if (_cosines is null) return;
        var half = _size / 2;
        var cosines = _cosines;
        var sines = _sines;
        for (var row = 0; row < _length; row++, matrix += _columns, cosines += half, sines += half)
        {
            var d = 0;
            for (; d <= half - 16; d += 16)
            {
                var (x, y) = (Vector512.Load(matrix + d), Vector512.Load(matrix + half + d));
                var (cosine, sine) = (Vector512.Load(cosines + d), Vector512.Load(sines + d) * direction);
                (x * cosine - y * sine).Store(matrix + d);
                (y * cosine + x * sine).Store(matrix + half + d);
            }
            for (; d < half; d++)
            {
                var (x, y, sine) = (matrix[d], matrix[half + d], sines[d] * direction);
                matrix[d] = x * cosines[d] - y * sine;
                matrix[half + d] = y * cosines[d] + x * sine;
            }
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

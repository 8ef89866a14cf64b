using System.Text.Json;

namespace TinyLM.Model.Checkpoints;

/// <summary>The tensors of a model's folder: one safetensors file, or several with an index that says which tensor lies in which.</summary>
/// <remarks>https://huggingface.co/docs/transformers/big_models#sharded-checkpoints. Every tensor lies where the index says, and nowhere else.</remarks>
internal sealed class ShardedTensors : IDisposable
{
    private const long MaxIndexBytes = 1 << 26;

    private readonly List<SafetensorsReader> _shards = [];
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsReader> _places = new(StringComparer.Ordinal);

    /// <param name="folder">Holds <c>model.safetensors</c>, or <c>model.safetensors.index.json</c> and what it names.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the index does not fit the files.</exception>
    public ShardedTensors(string folder)
    {
        var single = System.IO.Path.Combine(folder, CheckpointStore.WeightsFile);
        var index = single + ".index.json";
        try
        {
            if (File.Exists(single) || !File.Exists(index))
            {
                Path = single;
                Add(new SafetensorsReader(single));
                return;
            }
            Path = index;
            var map = ReadIndex(index);
            foreach (var shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) Add(new SafetensorsReader(System.IO.Path.Combine(folder, shard)), shard, map);
            if (map.Keys.FirstOrDefault(name => !_entries.ContainsKey(name)) is { } missing)
                throw new CheckpointException($"{System.IO.Path.Combine(folder, map[missing])} holds no tensor '{missing}', which {index} says is there.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file, or the index, for errors.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The numbers of a tensor as fp32.</summary>
    /// <inheritdoc cref="SafetensorsReader.ReadFloats(string)"/>
    public float[] ReadFloats(string name) => _places[name].ReadFloats(name);

    /// <inheritdoc/>
    public void Dispose() => _shards.ForEach(shard => shard.Dispose());

    private void Add(SafetensorsReader reader)
    {
        _shards.Add(reader);
        foreach (var (name, entry) in reader.Entries)
        {
            _entries.Add(name, entry);
            _places.Add(name, reader);
        }
    }

    private void Add(SafetensorsReader reader, string shard, Dictionary<string, string> map)
    {
        foreach (var name in reader.Entries.Keys)
        {
            if (map.TryGetValue(name, out var place) && place == shard) continue;
            reader.Dispose();
            throw new CheckpointException($"{Path} does not say that '{name}' lies in {shard}, where it was found.");
        }
        Add(reader);
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxIndexBytes) throw new CheckpointException($"{path} has {file.Length} bytes; at most {MaxIndexBytes} are read.");
            using var json = JsonDocument.Parse(file);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var named) || named.ValueKind != JsonValueKind.Object)
                throw new CheckpointException($"{path}: expected a JSON object with a 'weight_map' of tensors and files.");
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in named.EnumerateObject())
            {
                var shard = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "";
                if (shard is "" or "." or ".." || shard.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
                    throw new CheckpointException($"{path}: '{member.Name}' is said to lie in {member.Value.GetRawText()}; expected the name of a file beside it.");
                if (!map.TryAdd(member.Name, shard)) throw new CheckpointException($"{path} names '{member.Name}' twice.");
            }
            return map;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException($"{path} is no JSON: {e.Message}", e);
        }
    }
}

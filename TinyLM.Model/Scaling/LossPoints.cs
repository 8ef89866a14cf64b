using System.Globalization;

namespace TinyLM.Model.Scaling;

/// <summary>Reads points of trained models from comma-separated values.</summary>
public static class LossPoints
{
    private static readonly string[] s_parameters = ["parameters", "params", "n", "model size"];
    private static readonly string[] s_tokens = ["tokens", "d", "training tokens"];
    private static readonly string[] s_compute = ["compute", "flops", "flop", "c", "training flop"];
    private static readonly string[] s_loss = ["loss", "l"];

    /// <summary>Points of a file whose first line names its columns: parameters, loss, and tokens or compute, in any order; other columns are passed over.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message names the line and what was expected.</exception>
    public static IReadOnlyList<LossPoint> Parse(TextReader text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var titles = Cells(text.ReadLine() ?? throw new InvalidDataException($"{name} is empty; expected a line with the names of the columns: parameters, tokens or compute, loss."));
        var (parameters, tokens, compute, loss) = (Find(titles, s_parameters), Find(titles, s_tokens), Find(titles, s_compute), Find(titles, s_loss));
        if (parameters < 0 || loss < 0 || (tokens < 0 && compute < 0))
            throw new InvalidDataException($"{name}, line 1, names the columns {string.Join(", ", titles)}; expected parameters, tokens or compute, and loss.");

        var points = new List<LossPoint>();
        for (var line = 2; text.ReadLine() is { } row; line++)
        {
            if (row.Trim().Length == 0) continue;
            var cells = Cells(row);
            var size = Number(cells, parameters, line);
            points.Add(new LossPoint(size, tokens >= 0 ? Number(cells, tokens, line) : ScalingPoint.OfParameters(size, Number(cells, compute, line)).Tokens, Number(cells, loss, line)));
        }

        return points;

        double Number(string[] cells, int column, int line)
        {
            if (column >= cells.Length) throw new InvalidDataException($"{name}, line {line}, has {cells.Length} columns; expected {titles.Length}.");
            return double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value > 0
                ? value
                : throw new InvalidDataException($"{name}, line {line}, has “{cells[column]}” as {titles[column]}; expected a number above 0.");
        }
    }

    private static string[] Cells(string line) => [.. line.TrimStart('\uFEFF').Split(',').Select(cell => cell.Trim().Trim('"'))];

    private static int Find(string[] titles, string[] names) => Array.FindIndex(titles, title => names.Contains(title.ToLowerInvariant()));
}

using System.IO.Compression;
using TinyLM.Lab.Models;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Api;

/// <summary>Gives out models as files.</summary>
internal static class ModelDownloads
{
    /// <summary>Maps <c>/download?model=…&amp;format=…</c>.</summary>
    public static void MapModelDownloads(this IEndpointRouteBuilder routes) => routes.MapGet(ModelDownload.Route, DownloadAsync);

    private static async Task<IResult> DownloadAsync(string? model, string? format, CheckpointShelf shelf, CancellationToken cancellationToken)
    {
        if (!ModelReference.TryParse(model, out var reference)) return Refused($"'{model}' names no model; expected run/<id>, run/<id>@<step> or model/<id>.");
        if (format is null || !ModelDownload.Formats.TryGetValue(format, out var form)) return Refused($"There is no format '{format}'; there are {string.Join(", ", ModelDownload.Formats.Keys)}.");
        try
        {
            var file = await Task.Run(() => Write(shelf.Find(reference), form), cancellationToken); // the length is known before the first byte goes out, and a failure is told in words
            return Results.File(file, "application/octet-stream", ModelDownload.FileName(reference, form));
        }
        catch (Exception e) when (e is ModelUnavailableException or CheckpointException)
        {
            return Refused(e.Message);
        }
    }

    /// <summary>A file of its own, gone when it is closed.</summary>
    private static FileStream Write(string folder, ModelFormat format)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            if (format == ModelFormat.HuggingFace) Pack(folder, file);
            else ModelExporter.Export(folder, format, file);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Weights do not become smaller by packing.</summary>
    private static void Pack(string folder, Stream target)
    {
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, path) in ModelExporter.FilesOf(folder)) archive.CreateEntryFromFile(path, name, CompressionLevel.NoCompression);
    }

    private static IResult Refused(string message) => Results.Text(message, statusCode: StatusCodes.Status409Conflict);
}

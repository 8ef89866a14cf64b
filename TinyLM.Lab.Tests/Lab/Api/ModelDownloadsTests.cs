using System.IO.Compression;
using System.Net;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;

namespace TinyLM.Lab.Tests.Lab.Api;

/// <summary>Models as downloads from the lab as it serves.</summary>
public sealed class ModelDownloadsTests(RealLab lab) : IClassFixture<RealLab>, IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = lab.Address };
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Download_OfARun_IsItsCheckpointInTheFormatAskedFor()
    {
        var run = lab.AddTrainedRun("given");
        var expected = CheckpointStore.ReadWeights(run.CheckpointPath(40));

        var file = await _client.GetAsync(ModelDownload.Address(ModelReference.OfRun("given"), ModelFormat.Llmc), Cancellation);
        File.WriteAllBytes(_folder["model.bin"], await file.Content.ReadAsByteArrayAsync(Cancellation));
        using var archive = new ZipArchive(await _client.GetStreamAsync(ModelDownload.Address(ModelReference.OfRun("given"), ModelFormat.HuggingFace), Cancellation));

        Assert.Equal("given-llmc.bin", file.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(new FileInfo(_folder["model.bin"]).Length, file.Content.Headers.ContentLength);
        foreach (var (name, tensor) in LlmcFile.Read(_folder["model.bin"]).Tensors) Assert.Equal(expected.Tensors[name].Values.ToArray(), tensor.Values.ToArray());
        archive.ExtractToDirectory(_folder["unpacked"]);
        Assert.Equal(expected.Config, ModelFiles.Read(_folder["unpacked"]).Config);
        Assert.Contains("tokenizer.json", archive.Entries.Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("model=run%2Fnothing&format=llmc", "nothing")]
    [InlineData("model=nothing&format=llmc", "names no model")]
    [InlineData("model=run%2Frefused&format=gguf", "There is no format 'gguf'")]
    [InlineData("model=run%2Frefused&format=llama2c", "Llama family")]
    public async Task Download_OfWhatIsNotThere_IsRefusedInWords(string query, string words)
    {
        if (lab.Directory.FindRun("refused") is null) lab.AddTrainedRun("refused");

        var answer = await _client.GetAsync($"{ModelDownload.Route}?{query}", Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}

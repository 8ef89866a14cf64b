using System.Text;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A folder of corpora of its own, gone with the test.</summary>
internal sealed class TempCorpora : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("tinylm-corpora-").FullName;

    /// <summary>Imports a text.</summary>
    public Task<CorpusInfo> ImportAsync(string text, string name = "text.txt") => ImportAsync(Encoding.UTF8.GetBytes(text), name);

    /// <summary>Imports bytes.</summary>
    public async Task<CorpusInfo> ImportAsync(byte[] bytes, string name = "text.txt") => await ImportAsync(new MemoryStream(bytes), name);

    /// <summary>Imports a stream.</summary>
    public Task<CorpusInfo> ImportAsync(Stream content, string name = "text.txt") =>
        CorpusImporter.ImportAsync(name, content, Path, null, new ManualClock(), TestContext.Current.CancellationToken);

    /// <summary>The folder of a corpus.</summary>
    public string FolderOf(CorpusInfo info) => System.IO.Path.Combine(Path, info.Id);

    /// <summary>Its documents, read from the disk.</summary>
    public List<Document> Read(CorpusInfo info) => [.. StoredCorpus.Open(FolderOf(info)).ReadDocuments()];

    /// <summary>Its documents' texts.</summary>
    public IEnumerable<string> Texts(CorpusInfo info) => Read(info).Select(document => document.Text);

    /// <summary>The words in which something is refused; nothing of it may be left.</summary>
    public async Task<string> RefusalOfAsync(byte[] bytes, string name = "text.txt") => await RefusalOfAsync(new MemoryStream(bytes), name);

    /// <inheritdoc cref="RefusalOfAsync(byte[], string)"/>
    public Task<string> RefusalOfAsync(string text, string name = "text.txt") => RefusalOfAsync(Encoding.UTF8.GetBytes(text), name);

    /// <inheritdoc cref="RefusalOfAsync(byte[], string)"/>
    public async Task<string> RefusalOfAsync(Stream content, string name = "text.txt")
    {
        var refusal = await Assert.ThrowsAsync<CorpusFormatException>(() => ImportAsync(content, name));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path));
        return refusal.Message;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

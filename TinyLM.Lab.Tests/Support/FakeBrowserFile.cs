using System.Text;
using Microsoft.AspNetCore.Components.Forms;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A file that a person chose in a browser.</summary>
public sealed class FakeBrowserFile(string name, string text) : IBrowserFile
{
    private readonly byte[] _content = Encoding.UTF8.GetBytes(text);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public DateTimeOffset LastModified => TestRuns.Start;

    /// <inheritdoc/>
    public long Size => _content.Length;

    /// <inheritdoc/>
    public string ContentType => "text/plain";

    /// <inheritdoc/>
    public Stream OpenReadStream(long maxAllowedSize = 512_000, CancellationToken cancellationToken = default) => new MemoryStream(_content, writable: false);
}

using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Library;

/// <summary>Pages through a corpus that can only be read forward: it stays where the last page ended and remembers what it has passed last. Thread-safe.</summary>
/// <param name="corpus">What is read.</param>
internal sealed class DocumentPager(ICorpus corpus) : IDisposable
{
    /// <summary>Longest text of a preview.</summary>
    public const int MaxCharacters = 4_000;

    /// <summary>So many pages back need no reading from the start.</summary>
    private const int Remembered = 200;

    private readonly Lock _lock = new();
    private readonly Queue<DocumentPreview> _passed = new();
    private IEnumerator<Document>? _documents;
    private long _next;
    private bool _isDisposed;

    /// <summary>Some documents; fewer where the corpus ends.</summary>
    public IReadOnlyList<DocumentPreview> Read(long first, int count, int maxCharacters, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                if (first < _next - _passed.Count || _documents is null) StartOver();
                while (_next < first + count && Advance(cancellationToken)) { }
                return [.. _passed.Where(document => document.Index >= first && document.Index < first + count)
                    .Select(document => document with { Text = Cut(document.Text, maxCharacters) })];
            }
            catch
            {
                Close(); // wherever it stands now, the next reader begins anew
                throw;
            }
        }
    }

    private bool Advance(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_documents!.MoveNext()) return false;
        var text = _documents.Current.Text;
        _passed.Enqueue(new DocumentPreview(_next++, Cut(text, MaxCharacters), text.Length));
        if (_passed.Count > Remembered) _passed.Dequeue();
        return true;
    }

    /// <summary>Never within a character of two units.</summary>
    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private void StartOver()
    {
        Close();
        _documents = corpus.ReadDocuments(CancellationToken.None).GetEnumerator();
    }

    private void Close()
    {
        _documents?.Dispose();
        (_documents, _next) = (null, 0);
        _passed.Clear();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Close();
        }
    }
}

namespace TinyLM.Model.Tokenization;

/// <summary>Watches a vocabulary being learned; told on the thread that learns.</summary>
public interface ITrainingObserver
{
    /// <summary>Text was read and its chunks counted.</summary>
    /// <param name="characters">UTF-16 units so far.</param>
    void OnRead(long characters) { }

    /// <summary>All text is read.</summary>
    /// <param name="differentChunks">Different chunks in it.</param>
    /// <param name="bytes">Bytes of the text, which are its tokens before any merge.</param>
    void OnCounted(int differentChunks, long bytes) { }

    /// <summary>A merge was found.</summary>
    void OnMerge(LearnedMerge merge) { }
}

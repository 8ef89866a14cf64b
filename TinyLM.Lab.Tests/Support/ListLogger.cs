using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Remembers what is logged.</summary>
public sealed class ListLogger<T> : ILogger<T>
{
    /// <summary>What was logged.</summary>
    public ConcurrentQueue<(LogLevel Level, string Message)> Entries { get; } = [];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception)));
}

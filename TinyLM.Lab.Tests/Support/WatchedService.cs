using System.Reflection;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Stands before a service and writes down which calls change something, and which were refused.</summary>
/// <typeparam name="T">The service's interface.</typeparam>
public class WatchedService<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private List<string> _changes = [];
    private List<string> _refused = [];

    /// <summary>Watches a service.</summary>
    /// <param name="inner">The service.</param>
    /// <param name="changes">Takes the names of calls that are not open to viewers and were let through.</param>
    /// <param name="refused">Takes the names of calls that were refused.</param>
    public static T Before(T inner, List<string> changes, List<string> refused)
    {
        var watched = Create<T, WatchedService<T>>();
        var watch = (WatchedService<T>)(object)watched;
        (watch._inner, watch._changes, watch._refused) = (inner, changes, refused);
        return watched;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = $"{typeof(T).Name}.{targetMethod!.Name}";
        try
        {
            var result = targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
            if (!targetMethod.IsDefined(typeof(OpenToViewersAttribute))) _changes.Add(name);
            return result;
        }
        catch (NotAllowedException)
        {
            _refused.Add(name);
            throw;
        }
    }
}

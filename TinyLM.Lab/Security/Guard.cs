using System.Collections;
using System.Reflection;

namespace TinyLM.Lab.Security;

/// <summary>
/// Stands before a service of the lab and asks of every call who makes it. A member is for teachers alone unless it is marked
/// <see cref="OpenToViewersAttribute"/>, so a new one is closed until somebody decides otherwise.
/// </summary>
/// <typeparam name="T">The service's interface.</typeparam>
public class Guard<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private Visitor _visitor = null!;
    private Allowances _allowances = null!;

    /// <summary>A guard of a service for a visitor.</summary>
    public static T Before(T inner, Visitor visitor, Allowances allowances)
    {
        var guarded = Create<T, Guard<T>>();
        var guard = (Guard<T>)(object)guarded;
        (guard._inner, guard._visitor, guard._allowances) = (inner, visitor, allowances);
        return guarded;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (targetMethod.IsDefined(typeof(OpenToViewersAttribute))) _visitor.DemandLook();
        else _visitor.DemandChange();
        if (targetMethod.GetCustomAttribute<SpendsAttribute>() is { } spends) _allowances.Spend(_visitor, spends.Allowance, spends.EachItem ? CountIn(args) : 1);
        return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
    }

    private static int CountIn(object?[]? args) => args?.OfType<ICollection>().FirstOrDefault()?.Count ?? 1;
}

namespace TinyLM.Lab.Security;

/// <summary>
/// Marks what viewers may do too: a member of a service that people reach by <see cref="Guard{T}"/>, or an endpoint that changes
/// nothing though its method is another than GET. What is not marked is for teachers alone.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenToViewersAttribute : Attribute;

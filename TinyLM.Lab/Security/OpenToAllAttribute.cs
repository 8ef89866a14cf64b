namespace TinyLM.Lab.Security;

/// <summary>Marks an endpoint that answers without a token: the door itself, and the style and scripts that its page needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenToAllAttribute : Attribute;

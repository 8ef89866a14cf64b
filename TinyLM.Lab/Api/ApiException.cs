namespace TinyLM.Lab.Api;

/// <summary>A request that cannot be answered, in the words and with the codes of OpenAI's API.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What was expected, what was found, what to do.</param>
/// <param name="parameter">The parameter that is wrong, if one is.</param>
/// <param name="code">A word for programs.</param>
internal sealed class ApiException(int status, string message, string? parameter = null, string? code = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The parameter that is wrong, if one is.</summary>
    public string? Parameter { get; } = parameter;

    /// <summary>A word for programs.</summary>
    public string? Code { get; } = code;

    /// <summary>A parameter whose value makes no sense.</summary>
    public static ApiException Invalid(string message, string? parameter = null, Exception? innerException = null) =>
        new(StatusCodes.Status400BadRequest, message, parameter, "invalid_value", innerException);

    /// <summary>A parameter that this API does not have.</summary>
    public static ApiException Unsupported(string parameter, string reason) =>
        new(StatusCodes.Status400BadRequest, $"'{parameter}' is not supported here: {reason}", parameter, "unsupported_parameter");

    /// <summary>The answer's body.</summary>
    public object ToBody() => new ApiError(new ApiErrorDetail(Message, Status < 500 ? "invalid_request_error" : "server_error", Parameter, Code));
}

/// <summary>The body of an error.</summary>
internal sealed record ApiError(ApiErrorDetail Error);

/// <summary>An error as OpenAI's API tells it.</summary>
internal sealed record ApiErrorDetail(string Message, string Type, string? Param, string? Code);

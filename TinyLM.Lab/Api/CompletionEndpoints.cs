using System.Text.Json;
using System.Threading.Channels;
using TinyLM.Lab.Models;
using TinyLM.Lab.Security;
using TinyLM.Model.Generation;
using TinyLM.Model.Tokenization.Jinja;

namespace TinyLM.Lab.Api;

/// <summary><c>/v1/completions</c> and <c>/v1/chat/completions</c>: reads what is asked, has it written, and answers whole or piece by piece.</summary>
/// <param name="models">Writes.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what goes wrong within.</param>
internal sealed class CompletionEndpoints(IModelHost models, TimeProvider time, ILogger<CompletionEndpoints> logger)
{
    private const int PiecesAhead = 64;

    /// <summary>Answers <c>POST /v1/completions</c>.</summary>
    public Task CompleteAsync(HttpContext context) => AnswerAsync<CompletionBody>(context, (body, _) => body.Requests(), (body, requests, loan) => new CompletionShape(
        $"cmpl-{Guid.NewGuid():N}", time.GetUtcNow().ToUnixTimeSeconds(), body.Model!, loan.Tokenizer, body.Logprobs is not null,
        body.Echo == true ? [.. requests.Select(request => request.PromptIds is { } ids ? loan.Tokenizer.Decode(ids) : request.Prompt)] : []));

    /// <summary>Answers <c>POST /v1/chat/completions</c>.</summary>
    public Task ChatAsync(HttpContext context) => AnswerAsync<ChatBody>(context, (body, loan) => body.Requests(loan, time), (body, _, loan) => new ChatShape(
        $"chatcmpl-{Guid.NewGuid():N}", time.GetUtcNow().ToUnixTimeSeconds(), body.Model!, loan.Tokenizer, body.Logprobs == true));

    private async Task AnswerAsync<TBody>(
        HttpContext context, Func<TBody, ModelLoan, IReadOnlyList<TextRequest>> read, Func<TBody, IReadOnlyList<TextRequest>, ModelLoan, IAnswerShape> shapeOf)
        where TBody : GenerationBody
    {
        try
        {
            var body = await ReadAsync<TBody>(context);
            var reference = body.Reference;
            using var loan = await models.BorrowAsync(reference, context.RequestAborted);
            var requests = read(body, loan);
            var shape = shapeOf(body, requests, loan);
            var promptTokens = requests.DistinctBy(request => (request.PromptIds, request.Prompt)).Sum(request => request.PromptIds?.Count ?? loan.Tokenizer.Encode(request.Prompt).Count);
            if (body.Stream == true) await StreamAsync(context, reference, requests, shape, promptTokens, body.StreamOptions?.IncludeUsage == true);
            else await AnswerWholeAsync(context, reference, requests, shape, promptTokens);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up; the texts ended with it.
        }
        catch (Exception e)
        {
            await TellAsync(context, InShape(e));
        }
    }

    private static async Task<TBody> ReadAsync<TBody>(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, $"The body is '{context.Request.ContentType}'; expected application/json.");
        return await JsonSerializer.DeserializeAsync<TBody>(context.Request.Body, ApiJson.Options, context.RequestAborted)
            ?? throw ApiException.Invalid("The body is null; expected a JSON object.");
    }

    private async Task AnswerWholeAsync(HttpContext context, ModelReference model, IReadOnlyList<TextRequest> requests, IAnswerShape shape, int promptTokens)
    {
        var texts = requests.Select(_ => new List<GeneratedPiece>()).ToList();
        await foreach (var (index, piece) in WriteAsync(model, requests, context.RequestAborted)) texts[index].Add(piece);
        await context.Response.WriteAsJsonAsync(shape.Whole(texts, Usage(promptTokens, texts.Sum(text => text.Count))), ApiJson.Options, context.RequestAborted);
    }

    private async Task StreamAsync(HttpContext context, ModelReference model, IReadOnlyList<TextRequest> requests, IAnswerShape shape, int promptTokens, bool withUsage)
    {
        var written = 0;
        var begun = new HashSet<int>();
        await foreach (var (index, piece) in WriteAsync(model, requests, context.RequestAborted))
        {
            if (written++ == 0)
            {
                // Only now, so that what goes wrong before the first piece is told by the status.
                context.Response.ContentType = "text/event-stream";
                context.Response.Headers.CacheControl = "no-store";
            }

            if (begun.Add(index) && shape.Opening(index) is { } opening) await SendAsync(context, opening);
            await SendAsync(context, shape.Chunk(index, piece));
        }

        if (withUsage) await SendAsync(context, shape.UsageChunk(Usage(promptTokens, written)));
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    /// <summary>All texts at the same time, their pieces as they come.</summary>
    private async IAsyncEnumerable<(int Index, GeneratedPiece Piece)> WriteAsync(
        ModelReference model, IReadOnlyList<TextRequest> requests, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pieces = Channel.CreateBounded<(int, GeneratedPiece)>(new BoundedChannelOptions(PiecesAhead) { SingleReader = true });
        var writing = Task.WhenAll(requests.Select((request, index) => CopyAsync(request, index)));
        _ = writing.ContinueWith(done => pieces.Writer.TryComplete(done.Exception?.InnerException), TaskScheduler.Default);
        try
        {
            await foreach (var piece in pieces.Reader.ReadAllAsync(cancellationToken)) yield return piece;
        }
        finally
        {
            await leaving.CancelAsync();
            await writing.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        async Task CopyAsync(TextRequest request, int index)
        {
            try
            {
                await foreach (var piece in models.GenerateAsync(model, request, leaving.Token)) await pieces.Writer.WriteAsync((index, piece), leaving.Token);
            }
            catch (Exception e) when (!leaving.IsCancellationRequested)
            {
                pieces.Writer.TryComplete(e); // the first to fail ends all
                throw;
            }
        }
    }

    private static TokenUsage Usage(int promptTokens, int completionTokens) => new(promptTokens, completionTokens, promptTokens + completionTokens);

    private static async Task SendAsync(HttpContext context, object chunk)
    {
        await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk, ApiJson.Options)}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private ApiException InShape(Exception exception)
    {
        switch (exception)
        {
            case ApiException known:
                return known;
            case JsonException json:
                return new ApiException(StatusCodes.Status400BadRequest, $"The body is no JSON of the expected shape. {json.Message}", json.Path, "invalid_json", json);
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, bad.Message, innerException: bad);
            case ModelUnavailableException:
                return new ApiException(StatusCodes.Status404NotFound, exception.Message, "model", "model_not_found", exception);
            case LimitReachedException:
                return new ApiException(StatusCodes.Status429TooManyRequests, exception.Message, code: "rate_limit_exceeded", innerException: exception);
            case TemplateException:
                return ApiException.Invalid(exception.Message, "messages", exception);
            case ContextLengthException:
                return new ApiException(StatusCodes.Status400BadRequest, exception.Message, "prompt", "context_length_exceeded", exception);
            case ArgumentException:
                return ApiException.Invalid(exception.Message, innerException: exception);
            default:
                logger.LogError(exception, "A completion failed.");
                return new ApiException(StatusCodes.Status500InternalServerError, $"The model could not go on: {exception.Message} The lab's log tells more.", code: "internal_error", innerException: exception);
        }
    }

    private static async Task TellAsync(HttpContext context, ApiException problem)
    {
        if (context.Response.HasStarted)
        {
            await SendAsync(context, problem.ToBody());
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = problem.Status;
        await context.Response.WriteAsJsonAsync(problem.ToBody(), ApiJson.Options, context.RequestAborted);
    }
}

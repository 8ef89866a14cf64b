using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Api;

/// <summary>Sweeps and the queue over HTTP.</summary>
internal static class QueueEndpoints
{
    /// <summary>Adds <c>/api/sweeps</c> and <c>/api/queue</c>.</summary>
    public static IEndpointRouteBuilder MapQueue(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/sweeps", SweepAsync).WithTags("Runs").WithSummary("Queues a run for each combination of values, or for some drawn at random.").Accepts<SweepBody>("application/json").Produces<IReadOnlyList<RunSummary>>(201).ProducesProblem(400);
        var queue = app.MapGroup("/api/queue").WithTags("Queue");
        queue.MapGet("", (IRunQueueService service) => Json(service.State)).WithSummary("The waiting runs, the next to start first, and whether they may.").Produces<RunQueueState>();
        queue.MapPost("/pause", (IRunQueueService service, CancellationToken cancellationToken) => PauseAsync(service, isPaused: true, cancellationToken)).WithSummary("Lets no waiting run start; those that train go on.").Produces<RunQueueState>(202);
        queue.MapPost("/resume", (IRunQueueService service, CancellationToken cancellationToken) => PauseAsync(service, isPaused: false, cancellationToken)).WithSummary("Lets waiting runs start.").Produces<RunQueueState>(202);
        queue.MapPost("/{id}/move", MoveAsync).WithSummary("Moves a waiting run to a place, 0 being the next to start.").Produces<RunQueueState>(202).ProducesProblem(404);
        return app;
    }

    private static async Task<IResult> SweepAsync(HttpRequest request, IRunService service, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new StreamReader(request.Body);
            var body = JsonSerializer.Deserialize<SweepBody>(await reader.ReadToEndAsync(cancellationToken), RunJson.Strict) ?? throw new InvalidDataException("The body is null; expected a sweep.");
            var sweep = new Sweep { Base = body.Spec, Axes = [.. body.Sweep.Select(SweepAxis.Parse)], IsRandom = body.Random, Limit = body.Limit, Seed = body.Seed, Name = body.Name };
            return Json(await service.StartAllAsync(sweep.Make().Runs, cancellationToken), 201);
        }
        catch (JsonException e)
        {
            return TypedResults.Problem($"The body, line {e.LineNumber + 1}, at {e.Path}: {e.Message}", statusCode: 400);
        }
        catch (Exception e) when (e is InvalidSpecException or InvalidDataException)
        {
            return TypedResults.Problem(e.Message, statusCode: 400);
        }
    }

    private static async Task<IResult> PauseAsync(IRunQueueService service, bool isPaused, CancellationToken cancellationToken)
    {
        await service.PauseAsync(isPaused, cancellationToken);
        return Json(service.State, 202);
    }

    private static async Task<IResult> MoveAsync(IRunQueueService service, string id, int place, CancellationToken cancellationToken)
    {
        if (service.State.Runs.All(run => run.Id != id)) return TypedResults.Problem($"No run '{id}' waits in the queue.", statusCode: 404);
        await service.MoveAsync(id, place, cancellationToken);
        return Json(service.State, 202);
    }

    private static JsonHttpResult<T> Json<T>(T value, int status = 200) => TypedResults.Json(value, RunJson.Line, statusCode: status);
}

/// <summary>What <c>POST /api/sweeps</c> takes.</summary>
internal sealed record SweepBody
{
    /// <summary>The settings that all runs have.</summary>
    public RunSpec Spec { get; init; } = RunPresets.Quick.Spec;

    /// <summary>Settings and their values, as <c>train --sweep</c> takes them: <c>layers=2,4,8</c>.</summary>
    public required IReadOnlyList<string> Sweep { get; init; }

    /// <summary>Whether combinations are drawn; else all are made.</summary>
    public bool Random { get; init; }

    /// <summary>Runs to draw, or the most that a grid may have.</summary>
    public int Limit { get; init; } = Runs.Sweeps.Sweep.UsualLimit;

    /// <summary>Seed of the draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What the group is called.</summary>
    public string Name { get; init; } = "";
}

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Export;
using TinyLM.Lab.Runs.Filtering;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Api;

/// <summary>Runs over HTTP: list, start, command, follow, take away. JSON as in the files of a run.</summary>
internal static class RunEndpoints
{
    /// <summary>Between two looks of a stream at its run.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds <c>/api/runs</c>.</summary>
    public static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder app)
    {
        var runs = app.MapGroup("/api/runs").WithTags("Runs").ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("", List).WithSummary("All runs, the newest first; a filter as on the page of runs: loss<2 and layers>=4.").Produces<IReadOnlyList<RunSummary>>().ProducesProblem(400);
        runs.MapPost("", StartAsync).WithSummary("Queues a run with the settings of the body, which is a run.json.").Accepts<RunSpec>("application/json").Produces<RunSummary>(201).ProducesProblem(400);
        runs.MapGet("/{id}", Find).WithSummary("One run as it stands.").Produces<RunSummary>();
        runs.MapDelete("/{id}", DeleteAsync).WithSummary("Moves an ended run into the trash.").Produces(204).ProducesProblem(409);
        runs.MapGet("/{id}/spec", Spec).WithSummary("What the run was asked: its run.json.").Produces<RunSpec>();
        runs.MapPost("/{id}/{command}", CommandAsync).WithSummary("Gives a command: pause, resume, stop, discard (stop without a checkpoint) or save.").Produces<RunSummary>(202).ProducesProblem(400).ProducesProblem(409);
        runs.MapPost("/{id}/extend", ExtendAsync).WithSummary("Lets an ended run go on to so many steps in all.").Produces<RunSummary>(202).ProducesProblem(400).ProducesProblem(409);
        runs.MapGet("/{id}/metrics", Metrics).WithSummary("Steps, evaluations and samples since a cursor; without one all of them.").Produces<RunMetrics>();
        runs.MapGet("/{id}/stream", Stream).WithSummary("The same as server-sent events while the run goes on; Last-Event-ID goes on after a broken connection.").Produces<RunMetrics>(200, "text/event-stream");
        runs.MapGet("/{id}/metrics.csv", Csv).WithSummary("The curves as comma-separated values, a row a step.").Produces(200, contentType: "text/csv");
        runs.MapGet("/{id}/events.jsonl", Events).WithSummary("Everything that happened in the run, a JSON object a line.").Produces(200, contentType: "application/x-ndjson");
        runs.MapGet("/{id}/tensorboard", TensorBoard).WithSummary("The curves as a TensorBoard event file.").Produces(200, contentType: "application/octet-stream");
        return app;
    }

    private static IResult List(IRunService service, string? filter)
    {
        try
        {
            var chosen = RunFilter.Parse(filter);
            return Json(service.List().Where(run => chosen.Matches(new RunFacts(run, () => SpecValues.Of(service.GetSpec(run.Id))))));
        }
        catch (FilterException e)
        {
            return TypedResults.Problem($"{e.Message} (at character {e.Position + 1})", statusCode: 400);
        }
    }

    private static async Task<IResult> StartAsync(HttpRequest request, IRunService service, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new StreamReader(request.Body);
            var run = await service.StartAsync(RunSpec.Parse(await reader.ReadToEndAsync(cancellationToken), "The body"), cancellationToken);
            request.HttpContext.Response.Headers.Location = $"/api/runs/{run.Id}";
            return Json(run, 201);
        }
        catch (Exception e) when (e is InvalidSpecException or InvalidDataException)
        {
            return TypedResults.Problem(e.Message, statusCode: 400);
        }
    }

    private static IResult Find(IRunService service, string id) => service.Find(id) is { } run ? Json(run) : NoRun(id);

    private static async Task<IResult> DeleteAsync(IRunService service, string id, CancellationToken cancellationToken)
    {
        if (service.Find(id) is null) return NoRun(id);
        try
        {
            await service.DeleteAsync(id, cancellationToken);
            return TypedResults.NoContent();
        }
        catch (InvalidOperationException e)
        {
            return TypedResults.Problem(e.Message, statusCode: 409);
        }
    }

    private static IResult Spec(IRunService service, string id) => service.Find(id) is null ? NoRun(id) : TypedResults.Text(service.GetSpec(id).ToJson(), "application/json");

    private static async Task<IResult> CommandAsync(IRunService service, string id, string command, CancellationToken cancellationToken)
    {
        Func<string, CancellationToken, Task>? obey = command switch
        {
            "pause" => service.PauseAsync,
            "resume" => service.ResumeAsync,
            "stop" => service.StopAsync,
            "discard" => service.DiscardAsync,
            "save" => service.SaveAsync,
            _ => null,
        };
        if (obey is null) return TypedResults.Problem($"There is no command '{command}'; expected pause, resume, stop, discard or save.", statusCode: 400);
        if (service.Find(id) is null) return NoRun(id);
        try
        {
            await obey(id, cancellationToken);
            return Json(service.Find(id), 202);
        }
        catch (Exception e) when (e is InvalidOperationException or Runs.Workers.WorkerUnavailableException)
        {
            return TypedResults.Problem(e.Message, statusCode: 409);
        }
    }

    private static async Task<IResult> ExtendAsync(IRunService service, string id, int steps, CancellationToken cancellationToken)
    {
        if (service.Find(id) is null) return NoRun(id);
        try
        {
            await service.ExtendAsync(id, steps, cancellationToken);
            return Json(service.Find(id), 202);
        }
        catch (ArgumentException e)
        {
            return TypedResults.Problem(e.Message, statusCode: 400);
        }
        catch (InvalidOperationException e)
        {
            return TypedResults.Problem(e.Message, statusCode: 409);
        }
    }

    private static IResult Metrics(IRunService service, string id, string? after) =>
        service.OpenFeed(id) is { } feed ? Json(RunMetrics.Of(feed.Read(RunCursorText.Read(after)))) : NoRun(id);

    private static IResult Stream(IRunService service, HttpRequest request, string id, TimeProvider clock, IHostApplicationLifetime lifetime, CancellationToken cancellationToken) =>
        service.OpenFeed(id) is { } feed
            ? TypedResults.ServerSentEvents(FollowAsync(feed, RunCursorText.Read(request.Headers["Last-Event-ID"]), clock, lifetime.ApplicationStopping, cancellationToken))
            : NoRun(id);

    /// <summary>What is new as it comes; ends with the event <c>end</c> when the run has ended, and without one when the lab stops.</summary>
    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        IRunFeed feed, RunFeedCursor cursor, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RunSummary? told = null;
        while (!stopping.IsCancellationRequested)
        {
            var update = feed.Read(cursor);
            if (update.IsReset || update.Cursor != cursor || update.Summary != told)
            {
                (cursor, told) = (update.Cursor, update.Summary);
                yield return new SseItem<string>(JsonSerializer.Serialize(RunMetrics.Of(update), RunJson.Line), "metrics") { EventId = RunCursorText.Write(cursor) };
            }

            if (update.Summary.Status.IsTerminal())
            {
                yield return new SseItem<string>("{}", "end") { EventId = RunCursorText.Write(cursor) };
                yield break;
            }

            await Task.Delay(s_interval, clock, cancellationToken);
        }
    }

    private static IResult Csv(RunStore store, string id) => store.Find(id) is { } run
        ? TypedResults.Stream(stream => CsvExport.WriteAsync(run, stream, CancellationToken.None), "text/csv", $"{id}.csv")
        : NoRun(id);

    private static IResult Events(RunStore store, string id)
    {
        if (store.Find(id) is not { } run || !File.Exists(run.EventsPath)) return NoRun(id);
        return TypedResults.Stream(new FileStream(run.EventsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), "application/x-ndjson", $"{id}.jsonl");
    }

    private static IResult TensorBoard(RunStore store, string id) => store.Find(id) is { } run
        ? TypedResults.Stream(
            async stream =>
            {
                using var file = new MemoryStream(); // a record is written in pieces, which a response should not be
                TensorBoardExport.Write(run, file, CancellationToken.None);
                file.Position = 0;
                await file.CopyToAsync(stream);
            },
            "application/octet-stream",
            TensorBoardExport.NameOf(run))
        : NoRun(id);

    private static JsonHttpResult<T> Json<T>(T value, int status = 200) => TypedResults.Json(value, RunJson.Line, statusCode: status);

    private static ProblemHttpResult NoRun(string id) => TypedResults.Problem($"There is no run '{id}'.", statusCode: 404);
}

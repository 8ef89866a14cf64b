using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Api;

/// <summary>The part of OpenAI's HTTP API by which programs write with the lab's models.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference; what is like it and what is not stands in docs/api.md.</remarks>
internal static class OpenAiApi
{
    /// <summary>Registers what the endpoints need.</summary>
    public static IServiceCollection AddOpenAiApi(this IServiceCollection services) => services.AddScoped<CompletionEndpoints>();

    /// <summary>Answers under <c>/v1</c>.</summary>
    public static void MapOpenAiApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", async (IRunService runs, IModelHost models, IModelLibrary imported) =>
            Results.Json(new { Object = "list", Data = await ListAsync(runs, models, imported) }, ApiJson.Options));
        routes.MapGet("/v1/models/{**id}", async (string id, IRunService runs, IModelHost models, IModelLibrary imported) =>
            (await ListAsync(runs, models, imported)).FirstOrDefault(model => model.Id == Uri.UnescapeDataString(id)) is { } found ? Results.Json(found, ApiJson.Options) : NoModel(id));
        routes.MapPost("/v1/completions", (HttpContext context, CompletionEndpoints endpoints) => endpoints.CompleteAsync(context)).WithMetadata(new OpenToViewersAttribute());
        routes.MapPost("/v1/chat/completions", (HttpContext context, CompletionEndpoints endpoints) => endpoints.ChatAsync(context)).WithMetadata(new OpenToViewersAttribute());
        routes.Map("/v1/{**rest}", (HttpContext context) => Answer(new ApiException(
            StatusCodes.Status404NotFound, $"There is no {context.Request.Method} {context.Request.Path}. There are GET /v1/models, POST /v1/completions and POST /v1/chat/completions.", code: "unknown_url")));
    }

    /// <summary>The newest sound checkpoint of each run under the run's name, and each of its checkpoints; then the imported models that have a tokenizer.</summary>
    private static async Task<IReadOnlyList<ModelEntry>> ListAsync(IRunService runs, IModelHost models, IModelLibrary imported)
    {
        var entries = new List<ModelEntry>();
        foreach (var run in runs.List().Where(run => run.HasCheckpoint))
        {
            var steps = await models.ListCheckpointsAsync(run.Id);
            if (steps.Count == 0) continue;
            entries.Add(Entry(ModelReference.OfRun(run.Id), run.Name));
            entries.AddRange(steps.Reverse().Select(step => Entry(ModelReference.OfRun(run.Id, step), $"{run.Name}, step {step}")));

            ModelEntry Entry(ModelReference reference, string name) => new(reference.ToString(), "model", run.CreatedAt.ToUnixTimeSeconds(), "tinylm-lab", name);
        }

        entries.AddRange(imported.List().Where(model => model.TokenizerProblem is null)
            .Select(model => new ModelEntry(ModelReference.OfImported(model.Id).ToString(), "model", model.AddedAt.ToUnixTimeSeconds(), "tinylm-lab", model.Name)));
        return entries;
    }

    private static IResult NoModel(string id) => Answer(new ApiException(
        StatusCodes.Status404NotFound, $"There is no model '{id}'. /v1/models lists those that there are.", "model", "model_not_found"));

    private static IResult Answer(ApiException problem) => Results.Json(problem.ToBody(), ApiJson.Options, statusCode: problem.Status);
}

/// <summary>A model that can be asked for.</summary>
internal sealed record ModelEntry(string Id, string Object, long Created, string OwnedBy, string Name);

using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Zoneway.ZoneControlPlane.Catalog;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary><c>POST /bootstrap</c>. Protocol §1.1–1.2.</summary>
internal sealed partial class BootstrapEndpoint(BootstrapService service, CatalogSource catalog, ILogger<BootstrapEndpoint> logger)
{
    /// <summary>Path of the endpoint.</summary>
    public const string Path = "/bootstrap";

    private static readonly JsonSerializerOptions RequestFormat = new() { PropertyNameCaseInsensitive = true, MaxDepth = 32 };

    /// <summary>Serves one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (await ReadAsync(context.Request) is not { } request)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await catalog.Ready.WaitAsync(context.RequestAborted);
        var answer = service.Answer(request, context.Request.Host.Host.Trim('[', ']'), context.Connection.LocalPort);
        context.Response.StatusCode = answer.StatusCode;
        if (answer.StatusCode != StatusCodes.Status200OK)
        {
            Log.Refused(logger, answer.StatusCode, answer.Text);
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(answer.Text, context.RequestAborted);
            return;
        }

        await WriteAsync(context, answer.Text);
    }

    private static async Task<BootstrapRequest?> ReadAsync(HttpRequest request)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<BootstrapRequest>(request.Body, RequestFormat, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Whoever does not ask for exactly JSON gets the document itself.
    private static async Task WriteAsync(HttpContext context, string document)
    {
        if (context.Request.Headers.Accept.ToString() != "application/json")
        {
            context.Response.ContentType = "text/x-yaml";
            await context.Response.WriteAsync(document, context.RequestAborted);
            return;
        }

        context.Response.ContentType = "application/json";
        var body = new
        {
            bootstrap = Encoding.UTF8.GetBytes(document),
            kumaSidecarConfiguration = new
            {
                networking = new { corefileTemplate = (byte[]?)null, address = "" },
                metrics = new { aggregate = (object?)null },
            },
        };
        await JsonSerializer.SerializeAsync(context.Response.Body, body, cancellationToken: context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(90, LogLevel.Information, "Bootstrap request refused with {Status}: {Reason}")]
        public static partial void Refused(ILogger logger, int status, string reason);
    }
}

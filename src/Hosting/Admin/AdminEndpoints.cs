using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting.Admin;

/// <summary>The HTTP endpoints of the program itself: admin port and readiness port, which serve the same paths. Protocol §9.3.</summary>
internal static class AdminEndpoints
{
    private const int MaxConnections = 128;

    /// <summary>Listens on the ports of the settings.</summary>
    public static void Listen(KestrelServerOptions kestrel, ProxySettings settings)
    {
        foreach (var endPoint in new[] { settings.Admin, settings.Readiness })
        {
            if (endPoint is not null)
            {
                kestrel.Listen(endPoint, Configure);
            }
        }
    }

    /// <summary>Maps the paths.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/ready", [HttpMethods.Get, HttpMethods.Head], AnswerReadyAsync);
        routes.MapMethods("/stats/prometheus", [HttpMethods.Get, HttpMethods.Head], AnswerPrometheusAsync);
    }

    private static void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => new AdminConnectionLimit(next, MaxConnections).OnConnectionAsync);
    }

    private static Task AnswerReadyAsync(HttpContext context)
    {
        var (status, text) = context.RequestServices.GetRequiredService<Readiness>().State switch
        {
            ReadinessState.Ready => (StatusCodes.Status200OK, "READY"),
            ReadinessState.Terminating => (StatusCodes.Status503ServiceUnavailable, "TERMINATING"),
            _ => (StatusCodes.Status503ServiceUnavailable, "NOT_READY"),
        };
        context.Response.StatusCode = status;
        return WriteAsync(context.Response, "text/plain", text);
    }

    // Prometheus text format 0.0.4.
    private static Task AnswerPrometheusAsync(HttpContext context) =>
        WriteAsync(context.Response, "text/plain; version=0.0.4; charset=utf-8", context.RequestServices.GetRequiredService<PrometheusExporter>().Export());

    private static Task WriteAsync(HttpResponse response, string contentType, string text)
    {
        response.ContentType = contentType;
        response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(text);
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.WriteAsync(text);
    }
}

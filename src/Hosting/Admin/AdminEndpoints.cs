using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting.Admin;

/// <summary>The HTTP endpoints of the program itself: admin port and readiness port, which serve the same paths. Protocol §9.3.</summary>
internal static class AdminEndpoints
{
    /// <summary>Connections served at a time, on each port.</summary>
    public const int MaxConnections = 128;

    /// <summary>Listens on the ports of the settings.</summary>
    public static void Listen(KestrelServerOptions kestrel, ProxySettings settings)
    {
        if (settings.AdminSocket is { } path)
        {
            // What an earlier process left behind would be in the way.
            File.Delete(path);
            kestrel.ListenUnixSocket(path, Configure);
        }

        foreach (var endPoint in new[] { settings.Admin, settings.Readiness })
        {
            if (endPoint is not null)
            {
                kestrel.Listen(endPoint, Configure);
            }
        }
    }

    /// <summary>Keeps others than the program's own user from the Unix socket (protocol §1.3: mode 0600). To be called when it is there.</summary>
    public static void Protect(ProxySettings settings)
    {
        if (settings.AdminSocket is { } path && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Maps the paths. The readiness port, which may be open to the network, has only <c>/ready</c> and <c>/stats/prometheus</c>.</summary>
    public static void Map(WebApplication app, ProxySettings settings)
    {
        app.Use((context, next) => IsServed(context, settings) ? next(context) : AdminAnswer.TextAsync(context, "", StatusCodes.Status404NotFound));
        app.MapMethods("/ready", AdminAnswer.Reading, AnswerReadyAsync);
        StatsEndpoint.Map(app);
        ConfigDumpEndpoint.Map(app);
        ClustersEndpoint.Map(app);
        ListenersEndpoint.Map(app);
        LoggingEndpoint.Map(app);
        LifetimeEndpoints.Map(app);
        CertificatesEndpoint.Map(app);
        HelpEndpoint.Map(app);
    }

    private static bool IsServed(HttpContext context, ProxySettings settings) =>
        context.Features.Get<AdminChainConfig>() is { } chain ? chain.Serves(context.Request.Path.Value ?? "")
        : settings.Readiness is not { } readiness || context.Connection.LocalPort != readiness.Port || settings.Admin?.Port == readiness.Port
        || context.Request.Path.Value is "/ready" or "/stats/prometheus";

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
        // kuma-dp names itself here; probes do not look, people do.
        context.Response.Headers.XPoweredBy = context.RequestServices.GetRequiredService<ProxyProgram>().Name;
        context.Response.StatusCode = status;
        // Probes compare the first word, and ask for no more.
        var problems = context.Request.Query.ContainsKey("detail") ? context.RequestServices.GetServices<IReadinessDetail>().SelectMany(part => part.Problems) : [];
        return AdminAnswer.WriteAsync(context, "text/plain", string.Join('\n', problems.Prepend(text)));
    }
}

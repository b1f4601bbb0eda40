using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting.Lifetime;
using Zoneway.SniRouter.Listeners;

namespace Zoneway.Hosting.Admin;

/// <summary>Paths that change what the program does: <c>/healthcheck/fail</c>, <c>/healthcheck/ok</c>, <c>/drain_listeners</c>, <c>/quitquitquit</c>. Protocol §9.1, §9.4.</summary>
internal static class LifetimeEndpoints
{
    private const string Done = "OK\n";

    /// <summary>Maps the paths.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthcheck/fail", AdminAnswer.Acting, context => SetHealthAsync(context, isFailing: true));
        routes.MapMethods("/healthcheck/ok", AdminAnswer.Acting, context => SetHealthAsync(context, isFailing: false));
        routes.MapMethods("/drain_listeners", AdminAnswer.Acting, DrainListenersAsync);
        routes.MapMethods("/quitquitquit", AdminAnswer.Acting, QuitAsync);
    }

    private static Task SetHealthAsync(HttpContext context, bool isFailing)
    {
        context.RequestServices.GetRequiredService<Readiness>().IsFailed = isFailing;
        return AdminAnswer.TextAsync(context, Done);
    }

    // Every listener of a zone proxy takes traffic in, and open connections go on either way, so the parameters of Envoy change nothing.
    private static async Task DrainListenersAsync(HttpContext context)
    {
        await context.RequestServices.GetRequiredService<ListenerManager>().StopAcceptingAsync(context.RequestAborted);
        await AdminAnswer.TextAsync(context, Done);
    }

    private static async Task QuitAsync(HttpContext context)
    {
        await AdminAnswer.TextAsync(context, Done);
        await context.Response.CompleteAsync();
        // As in Envoy: at once, without a drain.
        context.RequestServices.GetRequiredService<ExitStatus>().Quit();
    }
}

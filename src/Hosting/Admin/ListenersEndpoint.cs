using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Listeners;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/listeners</c>: the listeners that accept, with their addresses.</summary>
internal static class ListenersEndpoint
{
    /// <summary>Maps the path.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/listeners", AdminAnswer.Reading, AnswerAsync);

    private static Task AnswerAsync(HttpContext context)
    {
        var listeners = context.RequestServices.GetRequiredService<ListenerManager>().Listeners.Where(listener => listener.Value is not null)
            .OrderBy(listener => listener.Key, StringComparer.Ordinal);
        return context.Request.Query["format"] == "json"
            ? AdminAnswer.JsonAsync(context, new { listener_statuses = listeners.Select(listener => new { name = listener.Key, local_address = ClustersEndpoint.Address(listener.Value!) }) })
            : AdminAnswer.TextAsync(context, string.Concat(listeners.Select(listener => $"{listener.Key}::{listener.Value}\n")));
    }
}

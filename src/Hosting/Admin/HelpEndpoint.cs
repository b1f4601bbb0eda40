using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/help</c> and <c>/</c>: the paths there are; and <c>/server_info</c>.</summary>
internal static class HelpEndpoint
{
    private const string Help = """
        admin commands are:
          /: what /help shows
          /certs: certificates that listeners show and trust
          /clusters: clusters and endpoints (?format=json)
          /config_dump: the configuration received (?include_eds, ?resource=dynamic_listeners, ?mask=...)
          /drain_listeners (POST): accept no more connections; open ones go on
          /healthcheck/fail (POST): answer /ready with 503
          /healthcheck/ok (POST): take that back
          /help: this text
          /listeners: addresses of the listeners (?format=json)
          /logging: levels; (POST) ?level=debug or ?NAME=debug sets them
          /quitquitquit (POST): end at once
          /ready: 200 when traffic is wanted, else 503
          /server_info: version and state
          /stats: what is counted (?format=json|prometheus, ?usedonly, ?filter=regex)
          /stats/prometheus: the same for Prometheus

        """;

    /// <summary>Maps the paths.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", AdminAnswer.Reading, AnswerAsync);
        routes.MapMethods("/help", AdminAnswer.Reading, AnswerAsync);
        routes.MapMethods("/server_info", AdminAnswer.Reading, context => AdminAnswer.JsonAsync(context, context.RequestServices.GetRequiredService<ServerInfo>().Describe()));
    }

    private static Task AnswerAsync(HttpContext context) => AdminAnswer.TextAsync(context, Help);
}

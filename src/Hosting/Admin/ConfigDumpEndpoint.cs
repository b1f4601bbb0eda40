using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting.Settings;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/config_dump</c>. Protocol §9.1.</summary>
internal static class ConfigDumpEndpoint
{
    /// <summary>Maps the path.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/config_dump", AdminAnswer.Reading, AnswerAsync);

    private static async Task AnswerAsync(HttpContext context)
    {
        var parameters = context.Request.Query;
        var resource = parameters["resource"].ToString();
        if (resource.Length > 0 && !ConfigDump.IsSection(resource))
        {
            await AdminAnswer.TextAsync(context, $"{resource} not found in config dump\n", StatusCodes.Status404NotFound);
            return;
        }

        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            var query = new ConfigDumpQuery
            {
                IncludeEds = parameters.ContainsKey("include_eds") && parameters["include_eds"] != "false",
                Bootstrap = Bootstrap(context.RequestServices.GetRequiredService<ProxySettings>()),
                Resource = resource.Length > 0 ? resource : null,
                Mask = parameters["mask"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            };
            await context.RequestServices.GetRequiredService<ConfigDump>().WriteAsync(context.Response.Body, query, context.RequestAborted);
        }
    }

    // Node ids as the control plane makes them: the mesh, which proxies of a whole zone have none of, and the name. The token is not part of it.
    private static JsonObject Bootstrap(ProxySettings settings) => new()
    {
        ["node"] = new JsonObject { ["id"] = $"{settings.Mesh}.{settings.Name}", ["cluster"] = settings.ProxyType.ToString().ToLowerInvariant(), ["user_agent_name"] = "zoneway" },
        ["admin"] = new JsonObject { ["address"] = settings.AdminSocket is { } path ? Pipe(path) : Socket(settings.Admin) },
    };

    private static JsonObject Pipe(string path) => new() { ["pipe"] = new JsonObject { ["path"] = path } };

    private static JsonObject? Socket(IPEndPoint? address) =>
        address is null ? null : new() { ["socket_address"] = new JsonObject { ["address"] = address.Address.ToString(), ["port_value"] = address.Port } };
}

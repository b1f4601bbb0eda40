using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/logging</c>: reads levels, and sets them: <c>level=debug</c> for all, <c>NAME=debug</c> or <c>paths=NAME:debug,…</c> for parts.</summary>
internal static class LoggingEndpoint
{
    /// <summary>Maps the path.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/logging", AdminAnswer.Reading, AnswerAsync);
        routes.MapMethods("/logging", AdminAnswer.Acting, SetAsync);
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var levels = Levels(context);
        var lines = levels.ByPrefix.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"  {pair.Key}: {LogLevelName.Of(pair.Value)}\n");
        return AdminAnswer.TextAsync(context, $"active loggers:\n  all: {LogLevelName.Of(levels.Default)}\n{string.Concat(lines)}");
    }

    private static Task SetAsync(HttpContext context)
    {
        var levels = Levels(context);
        foreach (var (key, value) in context.Request.Query)
        {
            var isSet = key switch
            {
                "level" => LogLevelName.TryParse(value.ToString(), out var all) && Set(all),
                "paths" => value.ToString().Split(',').All(pair => pair.Split(':') is [{ Length: > 0 } name, var text] && LogLevelName.TryParse(text, out var own) && levels.Set(name, own)),
                _ => LogLevelName.TryParse(value.ToString(), out var own) && levels.Set(key, own),
            };
            if (!isSet)
            {
                return AdminAnswer.TextAsync(context, "error: a level is one of trace, debug, info, warning, error, critical, off\n", StatusCodes.Status400BadRequest);
            }
        }

        return AnswerAsync(context);

        bool Set(LogLevel level)
        {
            levels.Set(level);
            return true;
        }
    }

    private static LogLevels Levels(HttpContext context) => context.RequestServices.GetRequiredService<LogLevels>();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/stats</c>: every measurement under Envoy's name, as text, JSON or for Prometheus. Protocol §9.1.</summary>
internal static class StatsEndpoint
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Maps the path.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/stats", AdminAnswer.Reading, AnswerAsync);
        routes.MapMethods("/stats/prometheus", AdminAnswer.Reading, AnswerPrometheusAsync);
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["format"] == "prometheus")
        {
            return AnswerPrometheusAsync(context);
        }

        if (!TryFilter(query["filter"].ToString(), out var matches))
        {
            return AdminAnswer.TextAsync(context, "Invalid re2 regex\n", StatusCodes.Status400BadRequest);
        }

        var usedOnly = query.ContainsKey("usedonly");
        var stats = Read(context).Where(stat => (!usedOnly || stat.Value != 0) && matches(stat.Name)).OrderBy(stat => stat.Name, StringComparer.Ordinal);
        return query["format"] == "json"
            ? AdminAnswer.JsonAsync(context, new { stats = stats.Select(stat => new { name = stat.Name, value = stat.Value }) })
            : AdminAnswer.TextAsync(context, string.Concat(stats.Select(stat => string.Create(CultureInfo.InvariantCulture, $"{stat.Name}: {stat.Value}\n"))));
    }

    // Prometheus text format 0.0.4.
    private static Task AnswerPrometheusAsync(HttpContext context)
    {
        var ours = context.RequestServices.GetRequiredService<PrometheusExporter>().Export(out var series);
        var envoy = EnvoyPrometheus.Write(series, context.RequestServices.GetRequiredService<ServerInfo>().Stats());
        return AdminAnswer.WriteAsync(context, "text/plain; version=0.0.4; charset=utf-8", ours + envoy);
    }

    private static IEnumerable<(string Name, double Value)> Read(HttpContext context)
    {
        foreach (var series in context.RequestServices.GetRequiredService<PrometheusExporter>().Snapshot())
        {
            yield return (EnvoyStatName.Of(series.Instrument, series.Tags), series.Value);
        }

        foreach (var stat in context.RequestServices.GetRequiredService<ServerInfo>().Stats())
        {
            yield return stat;
        }
    }

    // The text comes from whoever may ask, so it runs in time that grows with the text only.
    private static bool TryFilter(string pattern, out Func<string, bool> matches)
    {
        matches = static _ => true;
        if (pattern.Length == 0)
        {
            return true;
        }

        try
        {
            var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
            matches = regex.IsMatch;
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}

using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Termination.Http;

/// <summary>The filters and routes of one connection manager, linked to its clusters: says of each request what becomes of it. Safe for any number of requests at a time.</summary>
/// <remarks>As in Envoy the route is found first, for filters may have settings of their own there; then the filters in their order, then the route's action.</remarks>
public sealed class HttpFilterChain
{
    private static readonly HttpVerdict NoRoute = HttpVerdict.Answer(new LocalReply(StatusCodes.Status404NotFound, "route_not_found", "no route of the external service fits this request"));

    private readonly VirtualHosts<Host> _hosts = new();
    private readonly HttpFilter[] _filters;
    private readonly Dictionary<string, Rbac.RbacCounters> _counters = new(StringComparer.Ordinal);
    private readonly Func<double> _random;

    /// <summary>Links a configuration.</summary>
    /// <param name="config">What the control plane said.</param>
    /// <param name="findCluster">The state of a cluster by name; called for every cluster that a route names.</param>
    /// <param name="previous">The chain until now, whose limits go on where they are the same, and whose counters do in any case; null when it is new.</param>
    /// <param name="context">What filters share with the rest of the program.</param>
    public HttpFilterChain(HttpConnectionManagerConfig config, Func<string, ClusterState> findCluster, HttpFilterChain? previous, HttpFilterContext context)
    {
        Config = config;
        _random = context.Random;
        Buckets = new RateLimitBuckets(previous?.Buckets);
        foreach (var filter in previous?.AccessControl ?? [])
        {
            _counters.TryAdd(filter.Config.StatPrefix, filter.Counters);
        }

        _filters = [.. config.Filters.Select(filter => HttpFilter.Create(filter, this, context))];
        foreach (var host in config.Routes.VirtualHosts)
        {
            var linked = new Host(host, [.. host.Routes.Select(route => new HttpRoute(route, findCluster))]);
            foreach (var domain in host.Domains)
            {
                _hosts.Add(domain, linked);
            }
        }
    }

    /// <summary>What the control plane said.</summary>
    public HttpConnectionManagerConfig Config { get; }

    /// <summary>Its access control.</summary>
    public IEnumerable<Rbac.RbacFilter> AccessControl => _filters.SelectMany(static filter => filter.AccessControl);

    /// <summary>Requests that its rate limits have refused.</summary>
    public long RateLimited => Buckets.RateLimited;

    /// <summary>The token buckets of its rate limits.</summary>
    internal RateLimitBuckets Buckets { get; }

    /// <summary>What access control of the same prefix has counted in the chain until now; null when there was none.</summary>
    internal Rbac.RbacCounters? CountersOf(Rbac.RbacFilterConfig filter) => _counters.GetValueOrDefault(filter.StatPrefix);

    /// <summary>Finds the route and runs the filters. Delays of a fault filter are waited for here.</summary>
    /// <param name="request">The request. Nothing of its body is read.</param>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone.</param>
    public ValueTask<HttpVerdict> DecideAsync(HttpContext request, TerminatedConnection connection, CancellationToken cancellationToken)
    {
        if (Config.Paths != PathNormalizationConfig.None && PathNormalization.Apply(Config.Paths, request.Request) is { } refusal)
        {
            return new(HttpVerdict.Answer(refusal));
        }

        var (host, route) = Find(request.Request, connection);
        return _filters.Length == 0 ? new(route?.Verdict(request.Request, connection) ?? NoRoute) : FilterAsync(request, connection, host, route, cancellationToken);
    }

    private async ValueTask<HttpVerdict> FilterAsync(HttpContext request, TerminatedConnection connection, Host? host, HttpRoute? route, CancellationToken cancellationToken)
    {
        var pass = new FilterPass(request, connection, host?.Config.Overrides, route?.Config.Overrides, Config.Routes.Overrides);
        foreach (var filter in _filters)
        {
            if (await filter.RunAsync(pass, cancellationToken) is { } reply)
            {
                return HttpVerdict.Answer(reply, route?.Config.Name ?? "") with { AddedHeaders = pass.AddedHeaders };
            }
        }

        var verdict = route?.Verdict(request.Request, connection) ?? NoRoute;
        return pass.IsUntouched ? verdict : verdict with { ResponseBytesPerSecond = pass.ResponseBytesPerSecond, MaxBodyBytes = pass.MaxBodyBytes, AddedHeaders = pass.AddedHeaders };
    }

    private (Host? Host, HttpRoute? Route) Find(HttpRequest request, TerminatedConnection connection)
    {
        var host = _hosts.Find(request.Host.Value ?? "");
        foreach (var route in host?.Routes ?? [])
        {
            if (route.Config.Match.Fits(request, connection, _random))
            {
                return (host, route);
            }
        }

        return (host, null);
    }

    private sealed record Host(VirtualHostConfig Config, HttpRoute[] Routes);
}

/// <summary>What filters share with the rest of the program.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Random">Numbers from 0 to below 1.</param>
/// <param name="Denials">The audit of refusals; null for none.</param>
public sealed record HttpFilterContext(TimeProvider Time, Func<double> Random, Rbac.DenialLog? Denials);

/// <summary>One request on its way through the filters.</summary>
internal sealed class FilterPass(HttpContext context, TerminatedConnection connection, FilterOverrides? ofHost, FilterOverrides? ofRoute, FilterOverrides ofTable)
{
    public HttpContext Context => context;

    public TerminatedConnection Connection => connection;

    /// <summary>Bytes a second that the answer is slowed down to.</summary>
    public long ResponseBytesPerSecond { get; set; }

    /// <summary>Most bytes of the request's body; null for no limit.</summary>
    public long? MaxBodyBytes { get; set; }

    /// <summary>Headers to add to the answer, whoever gives it.</summary>
    public ImmutableArray<HeaderMutation> AddedHeaders { get; set; } = [];

    /// <summary>Whether no filter has left anything behind.</summary>
    public bool IsUntouched => ResponseBytesPerSecond == 0 && MaxBodyBytes is null && AddedHeaders.IsEmpty;

    /// <summary>The settings that a filter has here: of the route, else of the virtual host, else of the table; null for its own.</summary>
    public HttpFilterConfig? OverrideOf(string filter) =>
        ofRoute?.ByFilter.GetValueOrDefault(filter) ?? ofHost?.ByFilter.GetValueOrDefault(filter) ?? ofTable.ByFilter.GetValueOrDefault(filter);
}

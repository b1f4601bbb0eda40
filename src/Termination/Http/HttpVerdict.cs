using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Termination.Http;

/// <summary>What filters and routes say of one request: it is answered here, or forwarded. Exactly one of <see cref="Reply"/> and <see cref="Forward"/> is given.</summary>
public sealed record HttpVerdict
{
    /// <summary>The answer that ends the request here.</summary>
    public LocalReply? Reply { get; private init; }

    /// <summary>How it is forwarded.</summary>
    public ForwardConfig? Forward { get; private init; }

    /// <summary>Where to.</summary>
    public ClusterTarget Target { get; private init; }

    /// <summary>Path and query as the endpoint gets them; null leaves them.</summary>
    public string? Path { get; private init; }

    /// <summary>Name of the route; empty for none.</summary>
    public string Route { get; private init; } = "";

    /// <summary>What the endpoint is chosen by, where the cluster's policy is one of hashes; null for none.</summary>
    public ulong? Hash { get; init; }

    /// <summary>Bytes a second that the answer is slowed down to (response_rate_limit); 0 for no limit.</summary>
    public long ResponseBytesPerSecond { get; init; }

    /// <summary>Most bytes of the request's body; null for no limit.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>Headers that filters add to the answer, whoever gives it.</summary>
    public ImmutableArray<HeaderMutation> AddedHeaders { get; init; } = [];

    /// <summary>Answers here.</summary>
    public static HttpVerdict Answer(LocalReply reply, string route = "") => new() { Reply = reply, Route = route };

    /// <summary>Forwards.</summary>
    public static HttpVerdict To(ClusterTarget target, ForwardConfig forward, string route, string? path) => new() { Target = target, Forward = forward, Route = route, Path = path };
}

/// <summary>An answer that the proxy gives by itself. To gRPC requests it is given as 200 with <c>grpc-status</c>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">What lies behind it, for counters and logs (Envoy's response code details): <c>rbac_access_denied</c>, <c>route_not_found</c>.</param>
/// <param name="Body">A sentence for whoever reads the answer.</param>
public sealed record LocalReply(int Status, string Reason, string Body)
{
    /// <summary>A body that is longer than it may be.</summary>
    public static LocalReply BodyTooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "request_payload_too_large", "Payload Too Large");

    /// <summary>The gRPC status; null derives it from <see cref="Status"/>.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>Headers of the answer.</summary>
    public ImmutableArray<HeaderMutation> Headers { get; init; } = [];
}

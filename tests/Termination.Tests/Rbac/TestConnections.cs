using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zoneway.MutualTls;
using Zoneway.Termination.Rbac;

namespace Zoneway.Termination.Tests.Rbac;

/// <summary>Connections and requests to decide on.</summary>
internal static class TestConnections
{
    public static readonly PeerIdentity Web = Peer("spiffe://prod/web");
    public static readonly PeerIdentity Other = Peer("spiffe://prod/other");

    public static PeerIdentity Peer(params string[] uriNames) => new() { IsAuthenticated = true, UriNames = [.. uriNames] };

    public static TerminatedConnection From(PeerIdentity peer) => new()
    {
        Id = "c1",
        ServerName = "api{mesh=prod}",
        Peer = peer,
        Remote = IPEndPoint.Parse("10.1.2.3:40000"),
        Local = IPEndPoint.Parse("192.168.0.1:10002"),
        FilterState = new Dictionary<string, string>(StringComparer.Ordinal) { ["kuma.key"] = "blue" },
    };

    public static HttpRequest Request(string target = "/orders?id=1", string method = "GET", params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        foreach (var (name, value) in headers)
        {
            request.Headers.Append(name, value);
        }

        return request;
    }

    public static RbacFilter Filter(RbacAction action, params RbacPolicyConfig[] policies) => new(new RbacFilterConfig { StatPrefix = "test.", Rules = new RbacRulesConfig(action, [.. policies]) });

    /// <summary>A filter that lets in whom a principal fits.</summary>
    public static RbacFilter Allowing(RbacCondition principal) => Filter(RbacAction.Allow, Policy("p", principal));

    public static RbacPolicyConfig Policy(string name, RbacCondition principal, RbacCondition? permission = null) => new(name, [permission ?? new AnyCondition()], [principal]);

    public static AuthenticatedCondition Named(string name) => new(StringMatcher.Exact(name));

    public static IpRange Range(string address, uint bits) => IpRange.TryCreate(address, bits) ?? throw new ArgumentException("no range", nameof(address));

    public static ImmutableArray<RbacCondition> All(params RbacCondition[] conditions) => [.. conditions];
}

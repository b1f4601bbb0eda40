using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Zoneway.SniRouter.Clusters;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>What changes of one request on its way to an endpoint, and of the answer on its way back: target, host, headers. One for each attempt.</summary>
internal sealed class ForwardTransformer(HttpExchange exchange, in HttpVerdict verdict, UpstreamEndpoint endpoint, string origin, Retries retries) : HttpTransformer
{
    // The endpoint gets the path as the client wrote it: whoever normalizes it otherwise would look at another one than routes and access control did.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ForwardConfig _route = verdict.Forward!;
    private readonly string? _path = verdict.Path;
    private readonly ClusterState _cluster = verdict.Target.Cluster;

    /// <summary>Whether the answer was thrown away for another attempt.</summary>
    public bool WantsRetry { get; private set; }

    /// <summary>The length of the answer's body, where it was said; else 0.</summary>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = new Uri(origin + (_path ?? PathOf(httpContext)), Verbatim);
        if (_route.HostLiteral.Length > 0 || (_route.RewritesHost && endpoint.Config.Hostname.Length > 0))
        {
            if (_route.AppendsForwardedHost)
            {
                proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
            }

            proxyRequest.Headers.Host = _route.HostLiteral.Length > 0 ? _route.HostLiteral : endpoint.Config.Hostname;
        }

        if (!_route.RequestHeaders.IsEmpty)
        {
            HeaderMutations.Apply(proxyRequest, _route.RequestHeaders);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }

        endpoint.State.ReportResponse((int)proxyResponse.StatusCode);
        _cluster.Stats.Answered((int)proxyResponse.StatusCode, isRetry: retries.Made > 0);
        if (exchange.CanRepeat && retries.AnswersStatus((int)proxyResponse.StatusCode))
        {
            WantsRetry = true;
            return false;
        }

        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        Length = proxyResponse.Content.Headers.ContentLength ?? 0;
        foreach (var change in _route.ResponseHeaders)
        {
            HeaderMutations.Apply(httpContext.Response.Headers, change);
        }

        return true;
    }

    // RFC 9112 §3.2: origin-form begins with a slash; of absolute-form only what follows the authority goes on.
    private static string PathOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return slash < 0 ? "/" : target[slash..];
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Zoneway.SniRouter.Clusters;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>What changes of one request on its way to an endpoint, and of the answer on its way back: target, host, headers. One for each attempt.</summary>
internal sealed class ForwardTransformer(ForwardedRequest request, UpstreamEndpoint endpoint, string origin) : HttpTransformer
{
    private const long LeastCounted = 64 * 1024;

    // The endpoint gets the path as the client wrote it: whoever normalizes it otherwise would look at another one than routes and access control did.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private bool _awaitsStatus;

    /// <summary>Whether the answer was thrown away for another attempt.</summary>
    public bool WantsRetry { get; private set; }

    /// <summary>The length of the answer's body, where it was said and is not counted; else 0.</summary>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = new Uri(Target(httpContext.Request), Verbatim);
        if (request.Route.HostLiteral.Length > 0 || (request.Route.RewritesHost && endpoint.Config.Hostname.Length > 0))
        {
            if (request.Route.AppendsForwardedHost)
            {
                proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
            }

            proxyRequest.Headers.Host = request.Route.HostLiteral.Length > 0 ? request.Route.HostLiteral : endpoint.Config.Hostname;
        }

        if (!request.Route.RequestHeaders.IsEmpty)
        {
            HeaderMutations.Apply(proxyRequest, HeaderValues.Resolve(request.Route.RequestHeaders, request.Exchange));
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }

        Note(proxyResponse);
        if (request.Exchange.CanRepeat && request.Retries.AnswersStatus((int)proxyResponse.StatusCode))
        {
            WantsRetry = true;
            return false;
        }

        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        CountBody(httpContext, proxyResponse);
        HeaderMutation.Apply(HeaderValues.Resolve(request.Route.ResponseHeaders, request.Exchange), httpContext.Response.Headers);
        HeaderMutation.Apply(request.Exchange.AddedHeaders, httpContext.Response.Headers);
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        if (_awaitsStatus && GrpcStatus.Find(proxyResponse.TrailingHeaders) is { } status)
        {
            Report(GrpcStatus.ToHttp(status));
        }

        return base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }

    /// <summary>The answer is over: one whose gRPC status never came counts by its HTTP status.</summary>
    public void End()
    {
        if (_awaitsStatus)
        {
            Report(StatusCodes.Status200OK);
        }
    }

    // The status of a gRPC call comes last, unless there is nothing but it; what counts is the HTTP status that stands for it.
    private void Note(HttpResponseMessage answer)
    {
        if (!request.Exchange.IsGrpc || answer.StatusCode != HttpStatusCode.OK)
        {
            Report((int)answer.StatusCode);
        }
        else if (GrpcStatus.Find(answer.Headers) is { } status)
        {
            Report(GrpcStatus.ToHttp(status));
        }
        else
        {
            _awaitsStatus = true;
        }
    }

    private void Report(int status)
    {
        _awaitsStatus = false;
        endpoint.State.ReportResponse(status);
        request.State.Stats.Answered(status, isRetry: request.Retries.Made > 0);
    }

    // Small answers whose length is known are not worth counting as they pass; their number is what was said.
    private void CountBody(HttpContext context, HttpResponseMessage answer)
    {
        if (HttpMethods.IsHead(context.Request.Method) || answer.StatusCode is HttpStatusCode.SwitchingProtocols or HttpStatusCode.NoContent or HttpStatusCode.NotModified)
        {
            return;
        }

        if (answer.Content.Headers.ContentLength is { } length and < LeastCounted)
        {
            Length = length;
        }
        else
        {
            request.Exchange.CountAnswer();
        }
    }

    // As routes and access control have seen it. RFC 9112 §3.2.4: OPTIONS of the whole server has no path, which a request to a host and port cannot say.
    private string Target(HttpRequest received)
    {
        var target = request.Verdict.Path is { } path ? path : RequestTarget.PathAndQuery(received);
        return target is ['/', ..] ? string.Concat(origin, target) : origin + "/";
    }
}

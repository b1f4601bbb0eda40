using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>One request and its answer.</summary>
internal sealed class HttpExchange(HttpContext context, HttpConnection connection, long startedAt)
{
    private readonly RequestBody? _body = RequestBody.Watch(context);

    /// <summary>Whether the request could be sent once more: nothing of its body was read.</summary>
    public bool CanRepeat => _body is null || !_body.WasRead;

    /// <summary>The request and the answer as Kestrel has them.</summary>
    public HttpContext Context { get; } = context;

    /// <summary>The connection it came on.</summary>
    public HttpConnection Connection { get; } = connection;

    /// <summary>Bytes of the request's body that were forwarded.</summary>
    public long BytesSent => _body?.Length ?? 0;

    /// <summary>When it began, as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public long StartedAt => startedAt;

    /// <summary>The cluster that it was forwarded to; null for none.</summary>
    public ClusterState? Cluster { get; set; }

    /// <summary>The endpoint that it was forwarded to last; null for none.</summary>
    public UpstreamEndpoint? Endpoint { get; set; }

    /// <summary>How it ended, for the flags of logs.</summary>
    public ConnectionOutcome Outcome { get; set; } = ConnectionOutcome.Completed;

    /// <summary>Who answered, and why (Envoy's response code details).</summary>
    public string Details { get; private set; } = "via_upstream";

    /// <summary>Bytes of the answer's body, where its length was said beforehand.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Whether it is a gRPC call, whose errors are told by grpc-status.</summary>
    public bool IsGrpc => Context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Calls back when the request is there as a whole: at once when it has no body.</summary>
    public void WhenReceived(Action received)
    {
        if (_body is null)
        {
            received();
        }
        else
        {
            _body.WhenRead(received);
        }
    }

    /// <summary>Answers here. An answer that has begun already is cut off instead, so that nobody takes it for whole.</summary>
    public async ValueTask AnswerAsync(LocalReply reply)
    {
        var response = Context.Response;
        Details = reply.Reason;
        if (response.HasStarted)
        {
            Reset();
            return;
        }

        response.Clear();
        foreach (var header in reply.Headers)
        {
            HeaderMutations.Apply(response.Headers, header);
        }

        if (IsGrpc)
        {
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = (reply.GrpcStatus ?? GrpcStatus.Of(reply.Status)).ToString();
            response.Headers["grpc-message"] = GrpcStatus.Encode(reply.Body);
            await response.CompleteAsync();
            return;
        }

        response.StatusCode = reply.Status;
        if (reply.Body.Length > 0 && !HttpMethods.IsHead(Context.Request.Method))
        {
            var body = Encoding.UTF8.GetBytes(reply.Body + "\n");
            response.ContentType ??= "text/plain; charset=utf-8";
            response.ContentLength = body.Length;
            BytesReceived = body.Length;
            await response.Body.WriteAsync(body, Context.RequestAborted);
        }
    }

    /// <summary>Ends the exchange with a reset: of the stream over HTTP/2, else of the connection.</summary>
    public void Reset()
    {
        const int InternalError = 2;
        if (Context.Features.Get<IHttpResetFeature>() is { } stream)
        {
            stream.Reset(InternalError);
        }
        else
        {
            Context.Abort();
        }
    }
}

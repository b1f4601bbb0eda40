using System.Collections.Immutable;
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
    private ByteCount? _answer;
    private ByteCount? _upgraded;
    private long _answerLength;

    /// <summary>Whether the request could be sent once more: nothing of its body was read.</summary>
    public bool CanRepeat => _body is null || !_body.WasRead;

    /// <summary>Whether the request is there as a whole.</summary>
    public bool IsReceived => _body is null || _body.IsEnded;

    /// <summary>The request and the answer as Kestrel has them.</summary>
    public HttpContext Context { get; } = context;

    /// <summary>The connection it came on.</summary>
    public HttpConnection Connection { get; } = connection;

    /// <summary>Bytes of the request's body that were forwarded, or of what the client sent after an upgrade.</summary>
    public long BytesSent => _upgraded?.Read ?? _body?.Length ?? 0;

    /// <summary>Whether the body was longer than it may be.</summary>
    public bool IsBodyTooLarge => _body?.IsTooLarge == true;

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

    /// <summary>Bytes of the answer's body, or of what was sent to the client after an upgrade.</summary>
    public long BytesReceived => _upgraded?.Written ?? _answer?.Written ?? _answerLength;

    /// <summary>Headers that filters add to the answer, whoever gives it.</summary>
    public ImmutableArray<HeaderMutation> AddedHeaders { get; set; } = [];

    /// <summary>Whether it is a gRPC call, whose errors are told by grpc-status.</summary>
    public bool IsGrpc => RouteMatchConfig.IsGrpc(Context.Request);

    /// <summary>The status of the answer; 0 when the client had gone before there was one.</summary>
    public int Status => !Context.Response.HasStarted && IsAborted ? 0 : Context.Response.StatusCode;

    /// <summary>Cancelled when the client has gone.</summary>
    public CancellationToken Aborted { get; } = context.RequestAborted;

    /// <summary>Whether the client has gone.</summary>
    public bool IsAborted => Aborted.IsCancellationRequested;

    // RFC 9110 §6.4.1: these answers have no content.
    private bool MayHaveContent => !HttpMethods.IsHead(Context.Request.Method) && Context.Response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified);

    /// <summary>From here on the body ends the exchange when it is longer than so many bytes.</summary>
    public void LimitBody(long bytes) => _body?.Limit(bytes);

    /// <summary>Cancels the request when the client goes, as soon as its end can be told from its body.</summary>
    public void WatchClient()
    {
        if (_body is null)
        {
            Connection.RequestReceived(Context.Request);
        }
        else
        {
            _body.WhenRead(() => Connection.RequestReceived(Context.Request));
        }
    }

    /// <summary>Takes note of the answer's length.</summary>
    public void AnswerIs(long length) => _answerLength = length;

    /// <summary>Counts the bytes of an answer whose length is not known.</summary>
    public void CountAnswer() => AnswerBody.Replace(Context, new CountedStream(Context.Response.Body, _answer = new ByteCount()));

    /// <summary>Counts the bytes that pass in both directions after an upgrade.</summary>
    public Stream Count(Stream upgraded) => new CountedStream(upgraded, _upgraded = new ByteCount());

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
        HeaderMutation.Apply(HeaderValues.Resolve(reply.Headers, this), response.Headers);
        HeaderMutation.Apply(AddedHeaders, response.Headers);

        if (IsGrpc)
        {
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = (reply.GrpcStatus ?? GrpcStatus.Of(reply.Status)).ToString();
            response.Headers["grpc-message"] = GrpcStatus.Encode(reply.Body);
            await response.CompleteAsync();
            return;
        }

        response.StatusCode = reply.Status;
        if (reply.Body.Length > 0 && MayHaveContent)
        {
            var body = Encoding.UTF8.GetBytes(reply.Body + "\n");
            response.ContentType ??= "text/plain; charset=utf-8";
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, Aborted);
            _answerLength = body.Length;
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

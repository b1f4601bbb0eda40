using Yarp.ReverseProxy.Forwarder;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.Egress.Http;

/// <summary>Why forwarding a request has failed.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">A few words for whoever reads the answer.</param>
internal readonly record struct ForwardFault(ForwardFaultKind Kind, string Detail)
{
    // RFC 9113 §7.
    private const long RefusedStream = 7;

    /// <summary>Whether nothing of the request can have reached an endpoint.</summary>
    public bool IsConnectFailure => Kind is ForwardFaultKind.ConnectFailed or ForwardFaultKind.ConnectTimeout or ForwardFaultKind.Tls or ForwardFaultKind.Overflow;

    /// <summary>Whether an endpoint had the request and did not answer.</summary>
    public bool IsWithoutAnswer => Kind is ForwardFaultKind.Reset or ForwardFaultKind.RefusedStream or ForwardFaultKind.AttemptTimeout or ForwardFaultKind.RequestTimeout or ForwardFaultKind.Idle;

    /// <summary>Whether the time was over.</summary>
    public bool IsTimeout => Kind is ForwardFaultKind.AttemptTimeout or ForwardFaultKind.RequestTimeout or ForwardFaultKind.Idle;

    /// <summary>The outcome that says the same in logs.</summary>
    public ConnectionOutcome Outcome => Kind switch
    {
        ForwardFaultKind.None => ConnectionOutcome.Completed,
        ForwardFaultKind.ClientGone or ForwardFaultKind.RequestBody or ForwardFaultKind.BodyTooLarge => ConnectionOutcome.DownstreamReset,
        ForwardFaultKind.ConnectFailed => ConnectionOutcome.ConnectFailed,
        ForwardFaultKind.ConnectTimeout => ConnectionOutcome.ConnectTimeout,
        ForwardFaultKind.Tls => ConnectionOutcome.UpstreamTlsFailed,
        ForwardFaultKind.Overflow => ConnectionOutcome.UpstreamOverflow,
        ForwardFaultKind.Idle => ConnectionOutcome.IdleTimeout,
        ForwardFaultKind.AttemptTimeout or ForwardFaultKind.RequestTimeout => ConnectionOutcome.DurationTimeout,
        _ => ConnectionOutcome.UpstreamReset,
    };

    /// <summary>What YARP's error stands for, or that there is none.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="error">YARP's error.</param>
    /// <param name="isDiscarded">Whether an answer was thrown away for another attempt.</param>
    /// <param name="limit">The request's time.</param>
    /// <param name="attempt">The attempt's time.</param>
    public static ForwardFault Of(HttpExchange exchange, ForwarderError error, bool isDiscarded, TimeLimit limit, in AttemptLimit attempt)
    {
        if (error == ForwarderError.None && !isDiscarded)
        {
            return new(ForwardFaultKind.None, "");
        }

        var context = exchange.Context;
        // One of an earlier attempt may still be there.
        var exception = error == ForwarderError.None ? null : context.Features.Get<IForwarderErrorFeature>()?.Exception;
        return exchange.IsAborted ? new(ForwardFaultKind.ClientGone, "")
            : exchange.IsBodyTooLarge ? new(ForwardFaultKind.BodyTooLarge, "the request's body is too long")
            : limit.IsOver ? new(ForwardFaultKind.RequestTimeout, "no answer in time")
            : attempt.IsOver ? new(ForwardFaultKind.AttemptTimeout, "no answer in time")
            : UpstreamConnectException.Find(exception) is { } connect ? OfConnect(connect)
            : error switch
            {
                ForwarderError.None => new(ForwardFaultKind.Discarded, "the endpoint's answer asked for another attempt, which could not be made"),
                ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout => new(ForwardFaultKind.Idle, "nothing was sent or received for too long"),
                ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled when WasCancelled(exception) => new(ForwardFaultKind.Idle, "nothing was sent or received for too long"),
                ForwarderError.RequestBodyClient => new(ForwardFaultKind.RequestBody, "the request's body could not be read"),
                ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient => new(ForwardFaultKind.ClientGone, ""),
                ForwarderError.RequestCreation => new(ForwardFaultKind.RequestBody, "the request cannot be forwarded"),
                _ when IsRefused(exception) => new(ForwardFaultKind.RefusedStream, "the endpoint refused the request unprocessed"),
                ForwarderError.ResponseHeaders => new(ForwardFaultKind.Reset, "the answer's headers are not acceptable"),
                _ => new(ForwardFaultKind.Reset, "the connection ended before the answer"),
            };
    }

    private static ForwardFault OfConnect(UpstreamConnectException connect) => new(
        connect.Outcome switch
        {
            ConnectionOutcome.ConnectTimeout => ForwardFaultKind.ConnectTimeout,
            ConnectionOutcome.UpstreamTlsFailed => ForwardFaultKind.Tls,
            ConnectionOutcome.UpstreamOverflow => ForwardFaultKind.Overflow,
            _ => ForwardFaultKind.ConnectFailed,
        },
        connect.Message);

    // Nobody but the forwarder cancels, and it does so when nothing has moved for too long.
    private static bool WasCancelled(Exception? exception) => exception switch
    {
        null => false,
        OperationCanceledException => true,
        AggregateException several => several.InnerExceptions.Any(WasCancelled),
        _ => WasCancelled(exception.InnerException),
    };

    private static bool IsRefused(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpProtocolException { ErrorCode: RefusedStream })
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Kinds of faults.</summary>
internal enum ForwardFaultKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>The client has gone.</summary>
    ClientGone,

    /// <summary>The client's body could not be read, or its request not be formed.</summary>
    RequestBody,

    /// <summary>The client's body was longer than it may be.</summary>
    BodyTooLarge,

    /// <summary>The endpoint did not accept the connection.</summary>
    ConnectFailed,

    /// <summary>The endpoint did not accept the connection in time.</summary>
    ConnectTimeout,

    /// <summary>TLS with the endpoint failed.</summary>
    Tls,

    /// <summary>The cluster's circuit breaker is open.</summary>
    Overflow,

    /// <summary>The connection or the stream ended before the answer.</summary>
    Reset,

    /// <summary>The endpoint refused the stream unprocessed.</summary>
    RefusedStream,

    /// <summary>The endpoint answered, and the answer was thrown away for another attempt.</summary>
    Discarded,

    /// <summary>The time of the attempt was over.</summary>
    AttemptTimeout,

    /// <summary>The time of the request was over.</summary>
    RequestTimeout,

    /// <summary>No byte for too long.</summary>
    Idle,
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.Egress.Http;
using Zoneway.Egress.Tcp;
using Zoneway.Egress.Telemetry;
using Zoneway.MutualTls;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;

namespace Zoneway.Egress.Connections;

/// <summary>The way of a connection whose chain ends TLS: handshake, access control, and then bytes or HTTP. Protocol §5.8.</summary>
internal sealed partial class ConnectionTerminator(
    TerminatedChains chains, TcpForwarder tcp, InnerHttpServer http, DenialLog denials, TlsStats stats, IOptions<SniRouterOptions> options, TimeProvider time, ILogger<ConnectionTerminator> logger)
{
    // Longest time for a few bytes that say the end, to a client that reads nothing.
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Serves a connection that the router has handed on.</summary>
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        var scope = (ConnectionScope)context.Features.Get<IRouteFeature>()!;
        if (scope.FilterChain.Action is not TerminatedChainConfig)
        {
            return;
        }

        var chain = chains.Of(scope.FilterChain);
        if (chain.Chain.RateLimit is { } limit && !limit.TryTake((long)time.GetElapsedTime(0).TotalMilliseconds))
        {
            scope.Outcome = ConnectionOutcome.RateLimited;
            return;
        }

        if (chain.Tls is null)
        {
            await using var plain = StreamOf(context);
            await ServeAsync(context, scope, chain, plain, TlsHandshake.Plain);
            return;
        }

        var handshake = await AuthenticateAsync(context, chain.Tls, chain.Config.HandshakeTimeout ?? options.Value.TlsHandshakeTimeout);
        stats.Add(handshake.Failure);
        if (handshake.Stream is null)
        {
            scope.Outcome = OutcomeOf(handshake.Failure);
            // Anyone can connect to a chain that is not ready, again and again.
            var isNews = handshake.Failure == TlsFailure.NotReady && chain.IsNewProblem(handshake.Detail);
            Log.HandshakeFailed(logger, isNews ? LogLevel.Warning : LogLevel.Debug, context.ConnectionId, chain.Chain.Name, scope.ServerName, handshake.Detail);
            return;
        }

        await using (handshake.Stream)
        {
            await ServeAsync(context, scope, chain, handshake.Stream, handshake);
            // Most clients end the connection themselves: there is nobody left to tell.
            if (context.Features.Get<IHandedOverFeature>() is not { IsClosed: true })
            {
                await FinishAsync(handshake.Stream, scope.Outcome);
            }
        }
    }

    // The socket itself where nothing else reads it; the portable data path has its pipes in between.
    private static Stream StreamOf(ConnectionContext context) =>
        context.Features.Get<IHandedOverFeature>() is { } handedOver ? new NetworkStream(handedOver.Socket, ownsSocket: false) : new DuplexPipeStream(context.Transport);

    // RFC 8446 §6.1: whoever ends in order says so, or the other side cannot tell that nothing is missing.
    private async ValueTask FinishAsync(SslStream stream, ConnectionOutcome outcome)
    {
        if (outcome is not (ConnectionOutcome.Completed or ConnectionOutcome.DirectResponse or ConnectionOutcome.AccessDenied))
        {
            return;
        }

        try
        {
            await stream.ShutdownAsync().WaitAsync(FarewellTimeout, time);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException)
        {
            // The client has gone, or was told already, or does not listen.
        }
    }

    private async ValueTask<TlsHandshake> AuthenticateAsync(ConnectionContext context, ServerTls tls, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        return await tls.AuthenticateAsync(StreamOf(context), limit.Token);
    }

    private Task ServeAsync(ConnectionContext context, ConnectionScope scope, TerminatedChain chain, Stream stream, TlsHandshake handshake)
    {
        var connection = Describe(context, scope, chain.Config, handshake);
        foreach (var filter in chain.AccessControl)
        {
            var decision = filter.Decide(connection, null);
            if (!decision.IsAllowed)
            {
                scope.Outcome = ConnectionOutcome.AccessDenied;
                denials.Write(RbacDenial.Of(filter, connection, decision));
                return Task.CompletedTask;
            }
        }

        return chain.Config switch
        {
            { Tcp: { } proxy } => tcp.ServeAsync(scope, stream, proxy),
            { Http: not null } => http.ServeAsync(context, scope, stream, handshake, chain, connection),
            { Response: { } response } => RespondAsync(scope, stream, response),
            _ => Task.CompletedTask,
        };
    }

    private static async Task RespondAsync(ConnectionScope scope, Stream stream, DirectResponseConfig response)
    {
        try
        {
            await stream.WriteAsync(response.Body);
            scope.Outcome = ConnectionOutcome.DirectResponse;
        }
        catch (IOException)
        {
            scope.Outcome = ConnectionOutcome.DownstreamReset;
        }
    }

    private static TerminatedConnection Describe(ConnectionContext context, ConnectionScope scope, TerminatedChainConfig config, TlsHandshake handshake)
    {
        // What no filter chain asked to see was not noted before, but TLS knows it.
        var serverName = scope.ServerName.Length > 0 ? scope.ServerName : handshake.Stream?.TargetHostName ?? "";
        var connection = new TerminatedConnection
        {
            Id = context.ConnectionId,
            ServerName = serverName.ToLowerInvariant(),
            Peer = handshake.Peer,
            Remote = context.RemoteEndPoint as IPEndPoint,
            Local = context.LocalEndPoint as IPEndPoint,
        };
        return config.FilterState.IsEmpty ? connection : connection with { FilterState = config.FilterState.ToDictionary(state => state.Key, state => ValueOf(state.Format, connection), StringComparer.Ordinal) };
    }

    private static string ValueOf(FilterStateSource source, TerminatedConnection connection) =>
        source == FilterStateSource.RequestedServerName ? connection.ServerName : string.Join(',', connection.Peer.UriNames);

    private static ConnectionOutcome OutcomeOf(TlsFailure failure) => failure switch
    {
        TlsFailure.NotReady => ConnectionOutcome.TlsNotReady,
        TlsFailure.NoPeerCertificate => ConnectionOutcome.ClientCertificateMissing,
        TlsFailure.PeerNotTrusted or TlsFailure.PeerName or TlsFailure.PeerHash => ConnectionOutcome.ClientCertificateRefused,
        TlsFailure.Timeout => ConnectionOutcome.TlsHandshakeTimeout,
        _ => ConnectionOutcome.TlsHandshakeFailed,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 900, Message = "Connection {ConnectionId} for filter chain {FilterChain} (server name '{ServerName}'): no TLS, {Detail}.")]
        public static partial void HandshakeFailed(ILogger logger, LogLevel level, string connectionId, string filterChain, string serverName, string detail);
    }
}

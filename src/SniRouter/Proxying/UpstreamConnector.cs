using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Dials one endpoint within a time limit. Stateless; expected failures are results, not exceptions.</summary>
internal sealed class UpstreamConnector(TimeProvider time)
{
    // More than a timer can run, and more than any kernel repeats its SYN, is no limit at all.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>Connects to an endpoint. Several addresses race; the attempt is one all the same.</summary>
    /// <returns>The connected socket with Nagle's algorithm off, owned by the caller; or why there is none.</returns>
    public ValueTask<ConnectResult> ConnectAsync(UpstreamEndpoint endpoint, TimeSpan timeout, CancellationToken cancellationToken) =>
        endpoint.Config.FurtherAddresses.IsEmpty
            ? ConnectAsync(endpoint.Address, timeout, cancellationToken)
            : new ConnectionRace(this, time).RunAsync(endpoint.Config, timeout, cancellationToken);

    /// <summary>Connects to an address.</summary>
    /// <returns>The connected socket with Nagle's algorithm off, owned by the caller; or why there is none.</returns>
    public async ValueTask<ConnectResult> ConnectAsync(EndPoint address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        using var limit = new CancellationTokenSource(timeout < LongestTimeout ? timeout : LongestTimeout, time);
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        try
        {
            // Even this can fail: no descriptor left, or an address family that this machine does not have.
            socket = Create(address);
            await socket.ConnectAsync(address, limit.Token);
            return new ConnectResult(socket, default);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            var outcome = cancellationToken.IsCancellationRequested ? ConnectionOutcome.Drained
                : exception is OperationCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut } ? ConnectionOutcome.ConnectTimeout
                : ConnectionOutcome.ConnectFailed;
            return new ConnectResult(null, outcome);
        }
    }

    private static Socket Create(EndPoint address)
    {
        if (address is UnixDomainSocketEndPoint)
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }

        return new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }
}

/// <summary>A connected socket, or why there is none.</summary>
/// <param name="Socket">The socket; null when the attempt failed.</param>
/// <param name="Failure">Why it failed; counts only when <paramref name="Socket"/> is null.</param>
internal readonly record struct ConnectResult(Socket? Socket, ConnectionOutcome Failure);

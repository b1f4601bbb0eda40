using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>
/// Sends lines to a collector over TCP, as kuma-dp does for the TCP back ends of MeshAccessLog (protocol §1.5, <c>feature-tcp-accesslog-via-named-pipe</c>). While the collector
/// cannot be reached, lines are dropped, and it is tried again at most once a second.
/// </summary>
internal sealed class TcpSink(AccessLogDestination destination, TimeProvider time, ILogger logger) : AccessLogSink(destination, logger)
{
    private const int SendTimeoutMilliseconds = 5000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _address = destination.Address;
    private Socket? _socket;
    private long? _failed;

    /// <summary>Whether an address has the form <c>host:port</c>.</summary>
    public static bool TrySplit(string address, out string host, out int port)
    {
        var colon = address.LastIndexOf(':');
        host = colon > 0 ? address[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
    }

    protected override void Write(ReadOnlySpan<byte> lines)
    {
        if (_failed is { } failed && time.GetElapsedTime(failed) < Pause)
        {
            throw new IOException("The collector could not be reached a moment ago.");
        }

        try
        {
            if (_socket is { } open && open.Poll(TimeSpan.Zero, SelectMode.SelectRead) && open.Available == 0)
            {
                // The collector has closed: what were written now would be lost.
                Close();
            }

            _socket ??= Connect();
            while (lines.Length > 0)
            {
                lines = lines[_socket.Send(lines)..];
            }

            _failed = null;
        }
        catch (SocketException exception)
        {
            _failed = time.GetTimestamp();
            throw new IOException(exception.Message, exception);
        }
    }

    protected override void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private Socket Connect()
    {
        TrySplit(_address, out var host, out var port);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendTimeout = SendTimeoutMilliseconds };
        try
        {
            socket.Connect(host, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

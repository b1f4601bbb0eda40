using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>A DNS server on loopback, over UDP and TCP at one port, that answers what the test says; no message, one or several.</summary>
internal sealed class TestDnsServer : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _end = new();
    private readonly Task[] _serving;
    private readonly ConcurrentQueue<(string Name, int Type, bool IsTcp, int Id)> _asked = new();
    private readonly ConcurrentDictionary<int, bool> _ports = new();

    public TestDnsServer()
    {
        (_udp, _tcp) = Bind();
        _serving = [ServeUdpAsync(), ServeTcpAsync()];
    }

    public IPEndPoint Address => (IPEndPoint)_udp.LocalEndPoint!;

    public IReadOnlyCollection<(string Name, int Type, bool IsTcp, int Id)> Asked => _asked;

    /// <summary>Ports that questions came from.</summary>
    public int Ports => _ports.Count;

    /// <summary>Answers over UDP.</summary>
    public Func<byte[], IEnumerable<byte[]>> Answer { get; set; } = static _ => [];

    /// <summary>Answers over TCP, without the length before it; null closes the connection.</summary>
    public Func<byte[], byte[]?> AnswerOverTcp { get; set; } = static _ => null;

    /// <summary>Answers each name with addresses over UDP; other names do not exist.</summary>
    public void Serve(params (string Name, string Addresses)[] zone) => Answer = query =>
    {
        var (name, type) = DnsMessageBuilder.Read(query);
        var builder = new DnsMessageBuilder(query);
        string? addresses = zone.Where(entry => entry.Name == name).Select(entry => entry.Addresses).FirstOrDefault();
        builder.Flags |= addresses is null ? 3 : 0;
        foreach (string address in (addresses ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(address => address.Contains(':') == (type == 28)))
        {
            builder.Address(address);
        }

        return [builder.Build()];
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_serving);
        _udp.Dispose();
        _tcp.Dispose();
        _end.Dispose();
    }

    private static (Socket Udp, Socket Tcp) Bind()
    {
        while (true)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                tcp.Bind(udp.LocalEndPoint!);
                tcp.Listen();
                return (udp, tcp);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Someone else has this port for TCP: take another one.
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                _ports[((IPEndPoint)received.RemoteEndPoint).Port] = true;
                byte[] query = Note(buffer[..received.ReceivedBytes], isTcp: false);
                foreach (byte[] answer in Answer(query))
                {
                    await _udp.SendToAsync(answer, received.RemoteEndPoint, _end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _tcp.AcceptAsync(_end.Token);
                await using var stream = new NetworkStream(socket);
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length, _end.Token);
                byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _end.Token);
                if (AnswerOverTcp(Note(query, isTcp: true)) is { } answer)
                {
                    await stream.WriteAsync((byte[])[.. DnsMessageBuilder.Short(answer.Length), .. answer], _end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private byte[] Note(byte[] query, bool isTcp)
    {
        var (name, type) = DnsMessageBuilder.Read(query);
        _asked.Enqueue((name, type, isTcp, BinaryPrimitives.ReadUInt16BigEndian(query)));
        return query;
    }
}

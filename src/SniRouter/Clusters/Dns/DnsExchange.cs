using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Asks one server one question: over UDP, and over TCP what does not fit into a datagram (RFC 1035 §4.2).</summary>
internal sealed class DnsExchange(TimeProvider time)
{
    // Without EDNS an answer has 512 bytes; more than that is not asked for, but does no harm.
    private const int DatagramBytes = 4096;

    // Datagrams that are no answer to the question. Whoever sends so many is guessing ids (RFC 5452 §4.3).
    private const int MaxForeign = 32;

    /// <summary>Asks. What goes wrong is an answer of <see cref="DnsOutcome.Failed"/>.</summary>
    /// <param name="server">Whom to ask.</param>
    /// <param name="question">What for.</param>
    /// <param name="timeout">Longest time over UDP, and again over TCP.</param>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public async ValueTask<DnsAnswer> AskAsync(IPEndPoint server, DnsQuestion question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var response = await WithinAsync(AskOverUdpAsync, server, question, timeout, cancellationToken);
        if (response.Status == DnsResponseStatus.Truncated)
        {
            response = await WithinAsync(AskOverTcpAsync, server, question, timeout, cancellationToken);
        }

        return response.Status == DnsResponseStatus.Answer ? response.Answer : DnsAnswer.Failed($"the answers of {server} do not fit the question");
    }

    private async ValueTask<DnsResponse> WithinAsync(
        Func<IPEndPoint, DnsQuestion, CancellationToken, Task<DnsResponse>> ask, IPEndPoint server, DnsQuestion question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        try
        {
            return await ask(server, question, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(DnsResponseStatus.Answer, DnsAnswer.Failed($"no answer from {server}"));
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return new(DnsResponseStatus.Answer, DnsAnswer.Failed($"no answer from {server}: {exception.Message}"));
        }
    }

    private static async Task<DnsResponse> AskOverUdpAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        // A socket for each question has a random port each time, and connected it takes nothing from other addresses.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        var id = NewId();
        await socket.SendAsync(question.ToMessage(id), cancellationToken);
        var buffer = new byte[DatagramBytes];
        for (var i = 0; i < MaxForeign; i++)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            var response = DnsResponse.Parse(buffer.AsSpan(0, count), id, question);
            if (response.Status != DnsResponseStatus.Foreign)
            {
                return response;
            }
        }

        return new(DnsResponseStatus.Foreign);
    }

    private static async Task<DnsResponse> AskOverTcpAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        await using var stream = new NetworkStream(socket);
        var id = NewId();
        var message = question.ToMessage(id);
        var framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken);

        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var response = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(response, cancellationToken);
        return DnsResponse.Parse(response, id, question);
    }

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
}

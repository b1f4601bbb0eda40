using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zoneway.TestUtilities;

/// <summary>How the other side ended a TCP connection, as far as one end of it can see.</summary>
public enum TcpEnd
{
    /// <summary>In order: a FIN after the last byte.</summary>
    Finished,

    /// <summary>With a reset.</summary>
    Reset,
}

/// <summary>One end of a TCP connection in the hands of a test: sends, reads, half-closes and resets when told to. Every wait has a limit.</summary>
public sealed class TcpPeer(Socket socket) : IDisposable
{
    public Socket Socket { get; } = socket;

    /// <summary>The connection as a stream, which owns nothing.</summary>
    public NetworkStream Stream { get; } = new(socket, ownsSocket: false);

    public static async Task<TcpPeer> ConnectAsync(EndPoint address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address).WithinLimit();
        return new TcpPeer(socket);
    }

    public Task SendAsync(string ascii) => SendAsync(Encoding.ASCII.GetBytes(ascii));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await Socket.SendAsync(bytes).WithinLimit()..];
        }
    }

    /// <summary>Sends one part after the other, each as a segment of its own.</summary>
    public async Task SendAsync(IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        foreach (var part in parts)
        {
            await SendAsync(part);
        }
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="EndOfStreamException">There were fewer.</exception>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int received = await Socket.ReceiveAsync(bytes.AsMemory(done)).WithinLimit();
            done += received > 0 ? received : throw new EndOfStreamException($"The connection ended after {done} of {count} bytes.");
        }

        return bytes;
    }

    public async Task<string> ReceiveTextAsync(int count) => Encoding.ASCII.GetString(await ReceiveAsync(count));

    /// <summary>Reads up to the end and tells what came and how it ended.</summary>
    public async Task<(byte[] Bytes, TcpEnd End)> ReceiveToEndAsync()
    {
        var bytes = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await Socket.ReceiveAsync(buffer).WithinLimit() is var count and > 0)
            {
                bytes.Write(buffer, 0, count);
            }

            return (bytes.ToArray(), TcpEnd.Finished);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (bytes.ToArray(), TcpEnd.Reset);
        }
    }

    /// <summary>Reads up to the end and tells how the connection ended; whatever else comes is dropped.</summary>
    public async Task<TcpEnd> EndAsync() => (await ReceiveToEndAsync()).End;

    /// <summary>Sends a FIN and can go on reading.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset() => Socket.Close(timeout: 0);

    public void Dispose() => Socket.Dispose();
}

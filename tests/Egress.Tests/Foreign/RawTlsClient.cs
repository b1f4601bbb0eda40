using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>A client that sends what no HTTP library would, byte by byte as the test says, inside mutual TLS.</summary>
internal sealed class RawTlsClient : IAsyncDisposable
{
    // No byte is decoded as this.
    private const string Never = "\uFFFF";

    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    private RawTlsClient(TcpClient tcp, SslStream stream) => (_tcp, _stream) = (tcp, stream);

    public static async Task<RawTlsClient> ConnectAsync(ForeignEgress egress, string serverName)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(egress.Address).WithinLimit();
        var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ClientCertificates = new X509CertificateCollection { egress.Client },
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }).WithinLimit();
        return new RawTlsClient(tcp, stream);
    }

    public Task SendAsync(string latin1) => SendAsync(Encoding.Latin1.GetBytes(latin1));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).WithinLimit();
        await _stream.FlushAsync().WithinLimit();
    }

    /// <summary>Reads until a text has come or the connection has ended.</summary>
    /// <returns>All that has come.</returns>
    public async Task<string> ReceiveUntilAsync(string text)
    {
        var received = "";
        var buffer = new byte[16 * 1024];
        try
        {
            while (!received.Contains(text, StringComparison.Ordinal) && await ReadAsync(buffer) is var count and > 0)
            {
                received += Encoding.Latin1.GetString(buffer, 0, count);
            }

            return received;
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The connection is still open after: {received}", exception);
        }
    }

    /// <summary>Reads to the end, which the other side has to bring about.</summary>
    /// <exception cref="TimeoutException">It did not; the message has all that has come.</exception>
    public Task<string> ReceiveToEndAsync() => ReceiveUntilAsync(Never);

    /// <summary>Drops what comes until the connection ends, for as long as the test says.</summary>
    public async Task EndedAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _stream.ReadAsync(buffer, end.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    /// <summary>Ends the connection at once, with a reset.</summary>
    public void Reset() => _tcp.Client.Close(timeout: 0);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task<int> ReadAsync(byte[] buffer)
    {
        try
        {
            return await _stream.ReadAsync(buffer).WithinLimit();
        }
        catch (IOException)
        {
            // A reset is an end too.
            return 0;
        }
    }
}

using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Zoneway.Egress.Tcp;
using Zoneway.MutualTls;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.Tcp;

public sealed class StreamSplicerTests
{
    [Fact]
    public async Task Run_ClientThatTakesNotEvenTheFarewell_EndsWhenIdle()
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue("api");
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var blocked = new BlockingStream(new DuplexPipeStream(new DuplexPipe(toServer.Reader, toClient.Writer)));
        await using var server = new SslStream(blocked);
        await using var client = new SslStream(new DuplexPipeStream(new DuplexPipe(toClient.Reader, toServer.Writer)), false, static (_, shown, _, _) => shown is not null);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) }),
            client.AuthenticateAsClientAsync("api")).WithinLimit();
        blocked.IsBlocked = true;
        var time = new ManualTimeProvider();
        using var tracker = new ConnectionTracker(Options.Create(new SniRouterOptions()), NullLogger<ConnectionTracker>.Instance);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var splicer = new StreamSplicer(server, Stream.Null, socket, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), time);

        var running = splicer.RunAsync(tracker, Timeout.InfiniteTimeSpan);
        await blocked.Entered.WithinLimit();
        await Eventually.TrueAsync(() => running.IsCompleted, () => time.Advance(TimeSpan.FromMinutes(1)));

        Assert.Equal(ConnectionOutcome.IdleTimeout, await running);
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>A stream whose reader has stopped reading.</summary>
    private sealed class BlockingStream(Stream inner) : Stream
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsBlocked { get; set; }

        public Task Entered => _entered.Task;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsBlocked)
            {
                _entered.TrySetResult();
                // Blocked until it is cancelled.
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.Egress.Connections;
using Zoneway.MutualTls;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>
/// A Kestrel of its own that speaks the HTTP inside terminated connections: with its own limits, apart from those of the admin API, and without the layers that a web application has.
/// </summary>
internal sealed class InnerHttpServer : IHostedService, IDisposable
{
    private const int MaxHeadersCount = 1000;

    private readonly InnerTransport _transport = new();
    private readonly KestrelServer _server;
    private readonly RequestHandler _handler;
    private readonly ConnectionTracker _tracker;
    private readonly TimeSpan _prefaceTimeout;
    private readonly TimeProvider _time;

    public InnerHttpServer(RequestHandler handler, ConnectionTracker tracker, IOptions<SniRouterOptions> limits, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    {
        _handler = handler;
        _tracker = tracker;
        _prefaceTimeout = limits.Value.HttpPrefaceTimeout;
        _time = time;
        var maxHeaderBytes = limits.Value.MaxRequestHeaderBytes;
        var options = new KestrelServerOptions
        {
            ApplicationServices = services,
            AddServerHeader = false,
            // A sidecar forwards the scheme that its own client used, whatever it speaks itself.
            AllowAlternateSchemes = true,
            AllowResponseHeaderCompression = true,
            AllowSynchronousIO = false,
        };
        // What a chain says holds; these are the outer bounds (docs/configuration.md).
        options.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
        options.Limits.MaxRequestHeaderCount = MaxHeadersCount;
        options.Limits.MaxRequestHeadersTotalSize = maxHeaderBytes;
        options.Limits.MaxRequestLineSize = maxHeaderBytes;
        options.Limits.MaxRequestBufferSize = Math.Max(maxHeaderBytes, 1024 * 1024);
        options.Limits.Http2.MaxRequestHeaderFieldSize = maxHeaderBytes;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        options.Limits.Http2.InitialStreamWindowSize = 768 * 1024;
        options.Listen(InnerEndPoint.Http1, listen => listen.Protocols = HttpProtocols.Http1);
        options.Listen(InnerEndPoint.Http2, listen => listen.Protocols = HttpProtocols.Http2);
        _server = new KestrelServer(Options.Create(options), _transport, loggers);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(_handler, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public void Dispose() => _server.Dispose();

    /// <summary>Serves the HTTP of a connection until it ends. The outcome goes into the scope.</summary>
    public async Task ServeAsync(ConnectionContext outer, ConnectionScope scope, Stream stream, TlsHandshake handshake, TerminatedChain chain, TerminatedConnection facts)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        if (await FindCodecAsync(chain.Config.Http!.Codec, handshake, input) is not { } codec)
        {
            scope.Outcome = ConnectionOutcome.DownstreamReset;
            return;
        }

        await using var connection = new InnerConnection(outer, input, output);
        var guard = new HttpConnection(connection, scope.Listener.ListenerName, chain, facts, _time);
        if (codec == HttpCodec.Http1 && guard.LimitsHeaders)
        {
            connection.Input.WhenRead(guard.BytesCame);
        }

        connection.Features.Set(guard);
        await using (_tracker.IdleClosed.UnsafeRegister(static state => ((HttpConnection)state!).Close(), guard))
        {
            guard.Start();
            await _transport.For(codec).HandInAsync(connection);
            await connection.Ended;
        }

        await connection.Input.StopAsync();
        guard.Dispose();
        (scope.BytesSent, scope.BytesReceived) = (guard.BytesSent, guard.BytesReceived);
        scope.Outcome = _tracker.Aborted.IsCancellationRequested ? ConnectionOutcome.Drained : ConnectionOutcome.Completed;
        await input.CompleteAsync();
        await output.CompleteAsync();
    }

    // No ALPN list is set by Kuma, so the first bytes tell (protocol §5.5). RFC 9113 §3.4: the preface begins with PRI, which is no method of HTTP/1.1.
    private async ValueTask<HttpCodec?> FindCodecAsync(HttpCodec wanted, TlsHandshake handshake, PipeReader input)
    {
        if (wanted != HttpCodec.Auto)
        {
            return wanted;
        }

        if (handshake.Stream?.NegotiatedApplicationProtocol is { } protocol && !protocol.Protocol.IsEmpty)
        {
            return protocol == SslApplicationProtocol.Http2 ? HttpCodec.Http2 : HttpCodec.Http1;
        }

        await using var limit = _time.CreateTimer(static state => ((PipeReader)state!).CancelPendingRead(), input, _prefaceTimeout, Timeout.InfiniteTimeSpan);
        while (true)
        {
            var result = await input.ReadAsync();
            var codec = Preface.Match(result.Buffer);
            if (codec is not null)
            {
                input.AdvanceTo(result.Buffer.Start);
                return codec;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                return null;
            }
        }
    }
}

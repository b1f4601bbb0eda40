using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Zoneway.Xds.Grpc;

/// <summary>What a handler knows of the call it serves.</summary>
internal sealed class ServerCallContext : IDisposable
{
    private readonly HttpContext _httpContext;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource? _deadlineTimer;
    private readonly CancellationTokenSource _ended;

    internal ServerCallContext(HttpContext httpContext, TimeSpan? timeout)
    {
        var services = httpContext.RequestServices;
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _httpContext = httpContext;
        _stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _deadlineTimer = timeout is { } delay ? new CancellationTokenSource(delay, time) : null;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, _stopping, _deadlineTimer?.Token ?? CancellationToken.None);
        Deadline = time.GetUtcNow() + timeout;
        CancellationToken = _ended.Token;
        RequestHeaders = ReadHeaders(httpContext.Request.Headers);
    }

    /// <summary>Path of the method, such as <c>/package.Service/Method</c>.</summary>
    public string Method => _httpContext.Request.Path.Value ?? "";

    /// <summary>Address and port of the client, for people.</summary>
    public string Peer => $"{_httpContext.Connection.RemoteIpAddress}:{_httpContext.Connection.RemotePort}";

    /// <summary>Metadata the client sent.</summary>
    public Metadata RequestHeaders { get; }

    /// <summary>Metadata sent with the status, whatever it is.</summary>
    public Metadata ResponseTrailers { get; } = [];

    /// <summary>When the client gives up, in UTC; null for never.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>Cancelled when the client cancels or is gone, when the deadline passes and when the application stops.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The HTTP request behind the call.</summary>
    public HttpContext HttpContext => _httpContext;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Dispose();
        _deadlineTimer?.Dispose();
    }

    /// <summary>The status of a call that did not end by itself; null if <see cref="CancellationToken"/> is not cancelled.</summary>
    internal Status? CancellationStatus =>
        !CancellationToken.IsCancellationRequested ? null
        : _httpContext.RequestAborted.IsCancellationRequested ? Status.DefaultCancelled
        : _stopping.IsCancellationRequested ? new Status(StatusCode.Unavailable, "The server is shutting down.")
        : new Status(StatusCode.DeadlineExceeded, "The deadline passed.");

    private static Metadata ReadHeaders(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers)
        {
            foreach (var value in values)
            {
                if (!GrpcHeaders.IsReserved(key))
                {
                    metadata.AddReceived(key, value ?? "");
                }
            }
        }

        return metadata;
    }
}

using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>
/// An external service that speaks HTTP/1.1: <c>/wait</c> answers only when the request is given up, <c>/bytes/N</c> with so many bytes, <c>/echo</c> with the request's body,
/// <c>/count</c> with its length, and everything else with its method, path and version.
/// </summary>
internal sealed class HttpUpstream : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _waiting;
    private int _mostWaiting;
    private int _serving;

    private HttpUpstream(WebApplication application) => _application = application;

    public int Port { get; private set; }

    /// <summary>Requests for <c>/wait</c> that are here now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Most requests for <c>/wait</c> that were here at a time.</summary>
    public int MostWaiting => Volatile.Read(ref _mostWaiting);

    /// <summary>Requests that are being answered now.</summary>
    public int Serving => Volatile.Read(ref _serving);

    public static async Task<HttpUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var upstream = new HttpUpstream(builder.Build());
        upstream._application.Run(upstream.AnswerAsync);
        await upstream._application.StartAsync();
        upstream.Port = new Uri(upstream._application.Urls.First()).Port;
        return upstream;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _serving);
        try
        {
            var path = context.Request.Path.Value!;
            await (path switch
            {
                "/wait" => WaitAsync(context),
                "/echo" => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted),
                "/count" => CountAsync(context),
                _ when path.StartsWith("/bytes/", StringComparison.Ordinal) => SendAsync(context, long.Parse(path[7..], CultureInfo.InvariantCulture)),
                _ => context.Response.WriteAsync($"{context.Request.Method} {path} {context.Request.Protocol}\n", context.RequestAborted),
            });
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The request was given up.
        }
        finally
        {
            Interlocked.Decrement(ref _serving);
        }
    }

    private async Task WaitAsync(HttpContext context)
    {
        var waiting = Interlocked.Increment(ref _waiting);
        for (var most = MostWaiting; waiting > most; most = MostWaiting)
        {
            Interlocked.CompareExchange(ref _mostWaiting, waiting, most);
        }

        try
        {
            // Until the request is given up.
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static async Task CountAsync(HttpContext context)
    {
        var chunk = new byte[64 * 1024];
        long count = 0;
        while (await context.Request.Body.ReadAsync(chunk, context.RequestAborted) is var read and > 0)
        {
            count += read;
        }

        await context.Response.WriteAsync(count.ToString(CultureInfo.InvariantCulture), context.RequestAborted);
    }

    private static async Task SendAsync(HttpContext context, long count)
    {
        context.Response.ContentLength = count;
        var chunk = new byte[64 * 1024];
        for (; count > 0; count -= chunk.Length)
        {
            await context.Response.Body.WriteAsync(chunk.AsMemory(0, (int)Math.Min(count, chunk.Length)), context.RequestAborted);
        }
    }
}

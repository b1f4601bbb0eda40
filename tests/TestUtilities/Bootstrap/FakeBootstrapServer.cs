using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Zoneway.TestUtilities.Bootstrap;

/// <summary>A control plane that only answers bootstrap requests, one scripted answer after another; the last one is repeated.</summary>
internal sealed class FakeBootstrapServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(int Status, string Body)> _answers = new();
    private (int Status, string Body) _last = (500, "no answer scripted");

    private FakeBootstrapServer(WebApplication app) => _app = app;

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    /// <summary>Set to hold answers back until the task is over.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<FakeBootstrapServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var server = new FakeBootstrapServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public FakeBootstrapServer Answers(int status, string body)
    {
        _answers.Enqueue((status, body));
        return this;
    }

    /// <summary>The good answer that carries a document.</summary>
    public FakeBootstrapServer AnswersWith(string yaml) =>
        Answers(200, $$"""{"bootstrap":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(yaml))}}","kumaSidecarConfiguration":{"networking":{"address":""} } }""");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        Requests.Enqueue(new(context.Request.Method, context.Request.Path, context.Request.Headers.Accept.ToString(), context.Request.ContentType ?? "", body));
        await Hold.WaitAsync(context.RequestAborted);
        _last = _answers.TryDequeue(out var next) ? next : _last;
        context.Response.StatusCode = _last.Status;
        await context.Response.WriteAsync(_last.Body, context.RequestAborted);
    }

    internal sealed record ReceivedRequest(string Method, string Path, string Accept, string ContentType, string Body);
}

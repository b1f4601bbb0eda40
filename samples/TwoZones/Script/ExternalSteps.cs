using System.Net;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.External;
using Zoneway.TwoZones.Zones;

namespace Zoneway.TwoZones.Script;

/// <summary>What the script plays with services outside of the mesh.</summary>
internal sealed class ExternalSteps(Installation zones, TimeProvider time)
{
    private const string Http = "httpbin";
    private const string Grpc = "greeter";
    private const string Tcp = "ledger";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private ExternalClient? _client;

    /// <summary>Defines the services and who may use them, and calls each.</summary>
    /// <exception cref="CheckFailedException">One does not answer, or answers whom it must not.</exception>
    public async Task<string> ReachAsync(string mesh, CancellationToken cancellation)
    {
        await zones.AddExternalServicesAsync(mesh, [(Http, "http"), (Grpc, "grpc"), (Tcp, "tcp")], allowed: "web", cancellation);
        _client = await zones.CreateExternalClientAsync(mesh, "web", cancellation);
        var text = await WaitAsync(async () => (await _client.GetAsync(Http, cancellation)) is (HttpStatusCode.OK, var answer) ? answer : null, Http, cancellation);
        var status = await WaitAsync(async () => await _client.CallAsync(Grpc, cancellation) is "0" and var answer ? answer : null, Grpc, cancellation);
        await WaitAsync(async () => await _client.EchoAsync(Tcp, "ping", cancellation) is "ping" and var answer ? answer : null, Tcp, cancellation);

        var stranger = await zones.CreateExternalClientAsync(mesh, "batch", cancellation);
        var (refused, reason) = await stranger.GetAsync(Http, cancellation);
        return refused == HttpStatusCode.Forbidden
            ? $"HTTP said \"{text}\", gRPC status {status}, TCP echoed; to another client it said {(int)refused} \"{reason}\""
            : throw new CheckFailedException($"{Http} answered a client without permission with {(int)refused}");
    }

    /// <summary>Calls until the egress shows another certificate than before.</summary>
    /// <exception cref="CheckFailedException">It does not, or a call fails.</exception>
    public async Task<string> RotateAsync(CancellationToken cancellation)
    {
        var before = _client!.EgressCertificate;
        var begin = time.GetTimestamp();
        using var pace = new PeriodicTimer(Pace, time);
        for (var requests = 1; ; requests++)
        {
            var (status, _) = await CallAsync(cancellation);
            if (status != HttpStatusCode.OK)
            {
                throw new CheckFailedException($"{Http} answered with {(int)status} while the certificate was replaced");
            }

            if (_client.EgressCertificate != before)
            {
                return $"the egress shows a new certificate; {requests} requests, none failed";
            }

            if (time.GetElapsedTime(begin) > Limit)
            {
                throw new CheckFailedException($"the egress shows the same certificate after {Limit.TotalSeconds} s");
            }

            await pace.WaitForNextTickAsync(cancellation);
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> CallAsync(CancellationToken cancellation)
    {
        try
        {
            return await _client!.GetAsync(Http, cancellation);
        }
        catch (ClientException exception)
        {
            throw new CheckFailedException($"{Http} did not answer while the certificate was replaced: {exception.Message}");
        }
    }

    private async Task<string> WaitAsync(Func<Task<string?>> call, string service, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        using var poll = new PeriodicTimer(Pace, time);
        var failure = "it answered with something else";
        while (true)
        {
            try
            {
                if (await call() is { } answer)
                {
                    return answer;
                }
            }
            catch (ClientException exception)
            {
                failure = exception.Message;
            }

            if (time.GetElapsedTime(begin) > Limit)
            {
                throw new CheckFailedException($"{service} was not reachable within {Limit.TotalSeconds} s: {failure}");
            }

            await poll.WaitForNextTickAsync(cancellation);
        }
    }
}

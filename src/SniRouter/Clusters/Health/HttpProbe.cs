using System.Net;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Asks with a GET request, over HTTP/1.1 or HTTP/2, and looks at the status of the answer.</summary>
internal sealed class HttpProbe(HttpHealthProbe probe, HealthCheckConfig config, HealthCheckDialer dialer) : HealthProbe
{
    private readonly HttpProbeClient _client = new(config.ReusesConnection, dialer);
    private readonly string _authority = dialer.Authority(probe.Host);

    public override async ValueTask<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        using var request = HttpProbeClient.CreateRequest(HttpMethod.Get, probe.Path, _authority, probe.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11);
        foreach (var (name, value) in probe.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, ReadAsync, cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    private ValueTask<HealthCheckResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // What is left of the body is read, or the connection closed, when the response is disposed of.
        var status = (int)response.StatusCode;
        return ValueTask.FromResult(IsExpected(status) ? HealthCheckResult.Passed : HealthCheckResult.Failed($"status {status}"));
    }

    private bool IsExpected(int status)
    {
        foreach (var (first, end) in probe.ExpectedStatuses)
        {
            if (status >= first && status < end)
            {
                return true;
            }
        }

        return false;
    }
}

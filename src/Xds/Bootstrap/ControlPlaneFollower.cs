using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Ads;

namespace Zoneway.Xds.Bootstrap;

/// <summary>
/// Follows a control plane from first contact on: bootstrap document, then the ADS stream that it describes, until the host stops. When streams
/// keep failing it asks for the document anew and follows that one, such as over the other xDS variant, without a gap in what is in force.
/// </summary>
public sealed partial class ControlPlaneFollower : BackgroundService
{
    // Envoy's own (protocol §3.5).
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private readonly ControlPlaneOptions _options;
    private readonly BootstrapClient _bootstrap;
    private readonly Func<AdsClientOptions, AdsClient> _createAdsClient;
    private readonly ILogger<ControlPlaneFollower> _logger;

    internal ControlPlaneFollower(
        ControlPlaneOptions options, BootstrapClient bootstrap, Func<AdsClientOptions, AdsClient> createAdsClient, ILogger<ControlPlaneFollower> logger)
    {
        _options = options;
        _bootstrap = bootstrap;
        _createAdsClient = createAdsClient;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _bootstrap.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var result = await _bootstrap.FetchAsync(_options.CreateRequest(), stoppingToken);
        if (result.Document is not { } document)
        {
            Log.NoDocument(_logger, result.Error);
            _options.OnFailure();
            return;
        }

        // Every document after the first one takes over from the one before, with what is in force.
        var backoff = new ReconnectBackoff(FirstBackoff, MaxBackoff, Random.Shared);
        for (var takesOver = false; ; takesOver = true)
        {
            Log.Bootstrapped(_logger, document.Node.Id, document.Variant, document.Server.Host, document.Server.Port);
            document = await FollowAsync(document, backoff, takesOver, stoppingToken);
        }
    }

    // Keeps streams open until the control plane has another document; returns that.
    private async Task<BootstrapDocument> FollowAsync(BootstrapDocument document, ReconnectBackoff backoff, bool takesOver, CancellationToken stoppingToken)
    {
        var refresh = new BootstrapRefresh(document, token => _bootstrap.TryFetchAsync(_options.CreateRequest(), token), _logger);
        var options = AdsConnectionFactory.Create(document, _options.TokenFile) with { Watch = refresh, Backoff = backoff, TakesOver = takesOver };
        using var client = _createAdsClient(options);
        await client.StartAsync(stoppingToken);
        try
        {
            await client.ExecuteTask!.WaitAsync(stoppingToken);
            return refresh.Next!;
        }
        finally
        {
            await client.StopAsync(CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(410, LogLevel.Information, "The control plane knows this proxy as {NodeId} and serves {Variant} at {Host}:{Port}.")]
        public static partial void Bootstrapped(ILogger logger, string nodeId, XdsVariant variant, string host, int port);

        [LoggerMessage(411, LogLevel.Critical, "{Reason}")]
        public static partial void NoDocument(ILogger logger, string reason);
    }
}

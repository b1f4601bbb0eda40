using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Ads;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Follows a control plane from first contact on: bootstrap document, then the ADS stream that it describes, until the host stops.</summary>
public sealed partial class ControlPlaneFollower : BackgroundService
{
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

        Log.Bootstrapped(_logger, document.Node.Id, document.Variant, document.Server.Host, document.Server.Port);
        using var client = _createAdsClient(AdsConnectionFactory.Create(document, _options.TokenFile));
        await client.StartAsync(stoppingToken);
        try
        {
            await client.ExecuteTask!.WaitAsync(stoppingToken);
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

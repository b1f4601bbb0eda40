using Microsoft.AspNetCore.Http.Features;

namespace Zoneway.Egress.Http;

/// <summary>Counts what passes after an upgrade (RFC 9110 §7.8) or an extended CONNECT (RFC 8441), such as a WebSocket.</summary>
internal sealed class CountedUpgrade(HttpExchange exchange, IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    /// <inheritdoc/>
    public bool IsUpgradableRequest => upgrade?.IsUpgradableRequest == true;

    /// <inheritdoc/>
    public bool IsExtendedConnect => connect?.IsExtendedConnect == true;

    /// <inheritdoc/>
    public string? Protocol => connect?.Protocol;

    /// <summary>Looks at a request; most ask for nothing of the kind.</summary>
    public static void Watch(HttpExchange exchange)
    {
        var features = exchange.Context.Features;
        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            features.Set<IHttpUpgradeFeature>(new CountedUpgrade(exchange, upgrade, null));
        }
        else if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            features.Set<IHttpExtendedConnectFeature>(new CountedUpgrade(exchange, null, connect));
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync() => exchange.Count(await upgrade!.UpgradeAsync());

    /// <inheritdoc/>
    public async ValueTask<Stream> AcceptAsync() => exchange.Count(await connect!.AcceptAsync());
}

using Microsoft.Extensions.Logging;

namespace Zoneway.Xds.Ads;

/// <summary>The subscriptions of one stream. Decides which responses belong to one of them.</summary>
internal sealed partial class SubscriptionTable(AdsSessionContext context)
{
    private readonly Subscription[] _all = [.. context.Types.Select(entry => new Subscription(entry.Type, entry.History))];

    /// <summary>All of them, in the order of asking.</summary>
    public IReadOnlyList<Subscription> All => _all;

    /// <summary>
    /// The subscription that a response is for, with its nonce noted; null for a response that is to be ignored, which is
    /// counted and logged.
    /// </summary>
    public Subscription? Accept(ResponseHeader header)
    {
        var subscription = Array.Find(_all, candidate => candidate.Type.TypeUrl == header.TypeUrl);
        if (Reason(subscription, header) is not { } reason)
        {
            subscription!.Nonce = header.Nonce;
            return subscription;
        }

        context.Metrics.Ignored(reason);
        Log.ResponseIgnored(context.Logger, header.TypeUrl, header.Version, header.Nonce, reason);
        return null;
    }

    private static IgnoreReason? Reason(Subscription? subscription, ResponseHeader header) => subscription switch
    {
        null => IgnoreReason.UnknownType,
        { IsOpen: false } => IgnoreReason.NotSubscribed,
        _ when header.Nonce.Length == 0 => IgnoreReason.NoNonce,
        _ when header.Nonce == subscription.Nonce => IgnoreReason.StaleNonce,
        _ => null,
    };

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Debug, "Response of type {TypeUrl}, version '{Version}', nonce '{Nonce}' is ignored: {Reason}")]
        public static partial void ResponseIgnored(ILogger logger, string typeUrl, string version, string nonce, IgnoreReason reason);
    }
}

namespace Zoneway.Xds.Ads;

/// <summary>Where the connection to the control plane stands: for readiness, metrics and people. Safe for any number of readers.</summary>
/// <remarks>Written by the <see cref="AdsClient"/> alone. Properties are each consistent in themselves, not with one another.</remarks>
public sealed class AdsStatus
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AdsTypeStatus> _types;

    internal AdsStatus(IReadOnlyList<ResourceType> types) =>
        _types = types.ToDictionary(type => type.TypeUrl, type => new AdsTypeStatus(type.TypeUrl, type.ShortName));

    /// <summary>
    /// A stream is open and the control plane has answered on it. Not before its first response: a control plane that refuses a
    /// node accepts its stream first.
    /// </summary>
    public bool IsConnected { get; private set; }

    /// <summary>Identifier of the control-plane instance that answered last; empty when it did not say.</summary>
    public string ControlPlane { get; private set; } = "";

    /// <summary>When <see cref="IsConnected"/> last became true; null if never.</summary>
    public DateTimeOffset? LastConnected { get; private set; }

    /// <summary>When a stream last ended, whether it had been answered on or not; null if never.</summary>
    public DateTimeOffset? LastDisconnected { get; private set; }

    /// <summary>Why the last stream ended, in words; null before the first end.</summary>
    public string? LastError { get; private set; }

    /// <summary>One entry for each type that is subscribed to.</summary>
    public IReadOnlyList<AdsTypeStatus> Types
    {
        get
        {
            lock (_lock)
            {
                return [.. _types.Values];
            }
        }
    }

    internal void Connected(string controlPlane, DateTimeOffset now)
    {
        lock (_lock)
        {
            (IsConnected, ControlPlane, LastConnected) = (true, controlPlane, now);
        }
    }

    internal void Disconnected(string reason, DateTimeOffset now)
    {
        lock (_lock)
        {
            (IsConnected, LastError, LastDisconnected) = (false, reason, now);
            foreach (var type in _types.Keys.ToList())
            {
                _types[type] = _types[type] with { Nonce = "", SubscribedNames = 0 };
            }
        }
    }

    internal void RequestSent(Subscription subscription) =>
        Change(subscription, status => status with { Sent = status.Sent + 1, SubscribedNames = subscription.Names.Count });

    internal void Acknowledged(Subscription subscription, string version, DateTimeOffset now) =>
        Change(subscription, status => status with
        {
            Version = version,
            Nonce = subscription.Nonce,
            Acknowledged = status.Acknowledged + 1,
            LastUpdate = now,
        });

    internal void Rejected(Subscription subscription, DateTimeOffset now) =>
        Change(subscription, status => status with { Nonce = subscription.Nonce, Rejected = status.Rejected + 1, LastUpdate = now });

    private void Change(Subscription subscription, Func<AdsTypeStatus, AdsTypeStatus> change)
    {
        lock (_lock)
        {
            _types[subscription.Type.TypeUrl] = change(_types[subscription.Type.TypeUrl]);
        }
    }
}

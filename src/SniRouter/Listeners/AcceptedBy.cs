using Zoneway.SniRouter.Proxying;

namespace Zoneway.SniRouter.Listeners;

/// <summary>What a transport says of a connection it accepted.</summary>
internal sealed class AcceptedBy(string listenerName, long acceptedTimestamp) : IListenerFeature
{
    public string ListenerName => listenerName;

    public long AcceptedTimestamp => acceptedTimestamp;
}

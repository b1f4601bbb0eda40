using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Zoneway.SniRouter.Listeners;

/// <summary>Serves <see cref="VirtualEndPoint"/> and nothing else; Kestrel's own transport keeps every ordinary endpoint.</summary>
internal sealed class VirtualConnectionListenerFactory(VirtualConnectionListener listener) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is VirtualEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(listener);
}

using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Rpc;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>
/// A <c>DeltaAggregatedResources</c> stream. xDS protocol: the incremental variant; protocol §3.4 for what Kuma's control plane
/// makes of it.
/// </summary>
internal sealed class DeltaSession(AdsSessionContext context, IAdsStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream)
    : AdsSession<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(context, stream)
{
    /// <inheritdoc/>
    protected override ResponseHeader HeaderOf(DeltaDiscoveryResponse response) =>
        new(response.TypeUrl, response.SystemVersionInfo, response.Nonce, response.ControlPlane?.Identifier ?? "");

    /// <inheritdoc/>
    protected override (ResourceChange Change, ResponseContent Content) Read(DeltaDiscoveryResponse response, Subscription subscription)
    {
        var content = Content(response, subscription);
        for (var i = 0; i < response.Resources.Count; i++)
        {
            var resource = response.Resources[i];
            if (!IsHeartbeat(resource))
            {
                content.Add(i, resource.Name, resource.Version, resource.Resource_);
            }
        }

        var removed = response.RemovedResources.Where(name => !content.Mentions(name)).Distinct(StringComparer.Ordinal);
        return (new(subscription.Type.TypeUrl, content.Resources, [.. removed]), content);
    }

    /// <inheritdoc/>
    protected override void SetNode(DeltaDiscoveryRequest request, Node node) => request.Node = node;

    /// <inheritdoc/>
    /// <remarks>
    /// After a reconnect the versions at hand are claimed: the control plane then sends only what differs, and names in
    /// <c>removed_resources</c> what it no longer has, even if it started anew in between.
    /// </remarks>
    protected override DeltaDiscoveryRequest FirstRequest(Subscription subscription)
    {
        var request = new DeltaDiscoveryRequest
        {
            TypeUrl = subscription.Type.TypeUrl,
            ResourceNamesSubscribe = { subscription.Names.Sorted },
        };

        // Resources that came from elsewhere than this control plane have versions that mean nothing to it; their names do if it takes over from another.
        var hasVersions = subscription.History.HasReceived;
        if (hasVersions || Context.TakesOver)
        {
            foreach (var resource in Context.Sink.Received(subscription.Type.TypeUrl).Where(resource => subscription.Covers(resource.Name)))
            {
                request.InitialResourceVersions[resource.Name] = hasVersions ? resource.Version : "";
            }
        }

        return request;
    }

    /// <inheritdoc/>
    protected override DeltaDiscoveryRequest Answer(Subscription subscription, ResponseHeader header, Status? rejection) => new()
    {
        TypeUrl = header.TypeUrl,
        ResponseNonce = header.Nonce,
        ErrorDetail = rejection,
    };

    /// <inheritdoc/>
    protected override DeltaDiscoveryRequest? Follow(Subscription subscription, IReadOnlySet<string> referenced, ResourceType answered)
    {
        var change = subscription.Names.Replace(referenced);
        return change.IsEmpty ? null : new DeltaDiscoveryRequest
        {
            TypeUrl = subscription.Type.TypeUrl,
            ResourceNamesSubscribe = { change.Added },
            ResourceNamesUnsubscribe = { change.Removed },
        };
    }

    // A time to live, which is not kept, is renewed by a resource without content. xDS protocol: TTL.
    private static bool IsHeartbeat(Resource resource) => resource.Resource_ is null && resource.Ttl is not null;

    // Deltas add up, so the limit counts what is there already; the names are collected only when it comes near.
    private ResponseContent Content(DeltaDiscoveryResponse response, Subscription subscription)
    {
        var received = Context.Sink.Received(subscription.Type.TypeUrl);
        return received.Count + response.Resources.Count <= Context.MaxResources
            ? new(subscription, Context.MaxResources)
            : new(subscription, Context.MaxResources - received.Count, received.Select(resource => resource.Name).ToHashSet());
    }
}

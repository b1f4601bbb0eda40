using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Rpc;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>
/// A <c>StreamAggregatedResources</c> stream. xDS protocol: the state-of-the-world variant; protocol §3.3 for what Kuma's
/// control plane makes of it.
/// </summary>
internal sealed class StateOfTheWorldSession(AdsSessionContext context, IAdsStream<DiscoveryRequest, DiscoveryResponse> stream)
    : AdsSession<DiscoveryRequest, DiscoveryResponse>(context, stream)
{
    /// <inheritdoc/>
    protected override ResponseHeader HeaderOf(DiscoveryResponse response) =>
        new(response.TypeUrl, response.VersionInfo, response.Nonce, response.ControlPlane?.Identifier ?? "");

    /// <inheritdoc/>
    protected override (ResourceChange Change, ResponseContent Content) Read(DiscoveryResponse response, Subscription subscription)
    {
        var content = new ResponseContent(subscription, Context.MaxResources);
        for (var i = 0; i < response.Resources.Count; i++)
        {
            content.Add(i, wrapperName: null, response.VersionInfo, response.Resources[i]);
        }

        return (new(subscription.Type.TypeUrl, content.Resources, Absent(subscription, content)), content);
    }

    /// <inheritdoc/>
    protected override void SetNode(DiscoveryRequest request, Node node) => request.Node = node;

    /// <inheritdoc/>
    /// <remarks>
    /// The version last accepted is told on a new stream too, so that what did not change need not be sent again; for named
    /// types only if everything asked for is at hand, or the rest might never come.
    /// </remarks>
    protected override DiscoveryRequest FirstRequest(Subscription subscription)
    {
        var request = Request(subscription);
        if (!HasAllNames(subscription))
        {
            request.VersionInfo = "";
        }

        return request;
    }

    /// <inheritdoc/>
    protected override DiscoveryRequest Answer(Subscription subscription, ResponseHeader header, Status? rejection)
    {
        if (rejection is null)
        {
            subscription.History.AcceptedVersion = header.Version;
        }

        var request = Request(subscription);
        request.ErrorDetail = rejection;
        return request;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Endpoints are asked for again after every answer about clusters, changed names or not: a control plane without ordered
    /// delivery sends them anew only then, and clusters could not leave the warming state (protocol §3.3, rule 11).
    /// </remarks>
    protected override DiscoveryRequest? Follow(Subscription subscription, IReadOnlySet<string> referenced, ResourceType answered)
    {
        // An empty list is a wildcard to some servers. The last list stays instead: names that do not exist are harmless (rule 2).
        if (referenced.Count == 0)
        {
            return null;
        }

        var change = subscription.Names.Replace(referenced);
        var isRepeated = answered == ResourceType.Cluster && subscription.Type == ResourceType.LoadAssignment;
        return isRepeated || !change.IsEmpty ? Request(subscription) : null;
    }

    private static DiscoveryRequest Request(Subscription subscription) => new()
    {
        TypeUrl = subscription.Type.TypeUrl,
        VersionInfo = subscription.History.AcceptedVersion,
        ResponseNonce = subscription.Nonce,
        ResourceNames = { subscription.Names.Sorted },
    };

    private bool HasAllNames(Subscription subscription)
    {
        var received = Context.Sink.Received(subscription.Type.TypeUrl).Select(resource => resource.Name).ToHashSet();
        return received.IsSupersetOf(subscription.Names.Sorted);
    }

    // Clusters and listeners are gone when a response leaves them out; of endpoints and secrets that means nothing (rule 9).
    // With a resource whose name cannot be read, which one was left out cannot be told, so all stay.
    private List<string> Absent(Subscription subscription, ResponseContent content)
    {
        if (!subscription.Type.IsWildcard || content.HasNameless)
        {
            return [];
        }

        return [.. from resource in Context.Sink.Received(subscription.Type.TypeUrl)
                   where !content.Mentions(resource.Name)
                   select resource.Name];
    }
}

using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Zoneway.Xds.Grpc;
using Zoneway.Xds.Protocol;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>
/// Incremental xDS as Kuma's control plane speaks it: an answer holds what the client lacks, and a resource counts as delivered once it
/// was sent, also when the client rejects it. Protocol §3.4.
/// </summary>
internal sealed class DeltaSession(ControlPlane identity) : IAdsSession<DeltaDiscoveryRequest, DeltaDiscoveryResponse>
{
    /// <summary>Most names one client may follow of one type.</summary>
    private const int MaxNames = 100_000;

    private readonly Dictionary<string, DeltaSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly NonceCounter _nonces = new();
    private NodeSnapshot? _snapshot;

    public static AdsRequestHead Describe(DeltaDiscoveryRequest request) =>
        new(request.Node, request.TypeUrl, request.ResponseNonce, request.ErrorDetail?.Message);

    public static string TypeOf(DeltaDiscoveryResponse response) => response.TypeUrl;

    public IReadOnlyList<DeltaDiscoveryResponse> Receive(DeltaDiscoveryRequest request)
    {
        if (_subscriptions.TryGetValue(request.TypeUrl, out var subscription))
        {
            subscription.Change(request.ResourceNamesSubscribe, request.ResourceNamesUnsubscribe);
        }
        else
        {
            subscription = _subscriptions[request.TypeUrl] = new DeltaSubscription(request, NodeSnapshot.IsByName(request.TypeUrl));
        }

        if (subscription.NameCount > MaxNames)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"more than {MaxNames} names of {request.TypeUrl}"));
        }

        subscription.IsOpen = true;
        return AnswerAll(request.TypeUrl);
    }

    public IReadOnlyList<DeltaDiscoveryResponse> Update(NodeSnapshot snapshot)
    {
        _snapshot = snapshot;
        return AnswerAll([.. NodeSnapshot.AnswerOrder]);
    }

    // Clusters that go out make their endpoints due again, so these are looked at after the clusters of the same round.
    private List<DeltaDiscoveryResponse> AnswerAll(params string[] typeUrls)
    {
        var answers = new List<DeltaDiscoveryResponse>();
        var due = new Queue<string>(typeUrls);
        while (due.TryDequeue(out var typeUrl))
        {
            if (Answer(typeUrl) is not { } answer)
            {
                continue;
            }

            answers.Add(answer);
            if (typeUrl == TypeUrls.Cluster && ForgetEndpointsOf(answer) && !due.Contains(TypeUrls.ClusterLoadAssignment))
            {
                due.Enqueue(TypeUrls.ClusterLoadAssignment);
            }
        }

        return answers;
    }

    private DeltaDiscoveryResponse? Answer(string typeUrl)
    {
        if (_snapshot?[typeUrl] is not { } resources || !_subscriptions.TryGetValue(typeUrl, out var subscription) || !subscription.IsOpen)
        {
            return null;
        }

        if (subscription.TakeDifference(resources) is not { } difference)
        {
            return null;
        }

        subscription.IsOpen = false;
        var answer = new DeltaDiscoveryResponse { TypeUrl = typeUrl, SystemVersionInfo = resources.Version, Nonce = _nonces.Next(), ControlPlane = identity };
        answer.RemovedResources.AddRange(difference.Removed);
        foreach (var resource in difference.Changed)
        {
            answer.Resources.Add(new Resource { Name = resource.Name, Version = resource.Version, Resource_ = resource.Body });
        }

        return answer;
    }

    // A client keeps a changed cluster warming until its endpoints come again.
    private bool ForgetEndpointsOf(DeltaDiscoveryResponse clusters)
    {
        if (!_subscriptions.TryGetValue(TypeUrls.ClusterLoadAssignment, out var endpoints))
        {
            return false;
        }

        foreach (var cluster in clusters.Resources)
        {
            endpoints.Forget(cluster.Name);
        }

        return true;
    }
}

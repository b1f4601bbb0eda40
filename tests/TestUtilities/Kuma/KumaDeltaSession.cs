using System.Globalization;
using Envoy.Service.Discovery.V3;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>Incremental xDS as Kong's go-control-plane serves it. Protocol §3.4.</summary>
internal sealed class KumaDeltaSession(KumaProfile profile) : IKumaSession
{
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private KumaSnapshot? _snapshot;
    private int _nonce;

    public IEnumerable<ScriptedResponse> Receive(ScriptedRequest request)
    {
        if (!_subscriptions.TryGetValue(request.TypeUrl, out var subscription))
        {
            _subscriptions[request.TypeUrl] = subscription = new Subscription(request);
        }

        subscription.Change(request);
        subscription.IsOpen = true;
        return AnswerAll([request.TypeUrl]);
    }

    public IEnumerable<ScriptedResponse> Update(KumaSnapshot snapshot)
    {
        _snapshot = snapshot;
        return AnswerAll(KumaResources.Order);
    }

    // 2.7 has the method, but nothing ever comes of it (§3.1).
    private List<ScriptedResponse> AnswerAll(IReadOnlyList<string> typeUrls)
    {
        var answers = new List<ScriptedResponse>();
        foreach (var typeUrl in typeUrls)
        {
            if (profile.ServesDelta && _snapshot is not null && _subscriptions.TryGetValue(typeUrl, out var subscription) && subscription.IsOpen)
            {
                Answer(typeUrl, subscription, answers);
            }
        }

        return answers;
    }

    private void Answer(string typeUrl, Subscription subscription, List<ScriptedResponse> answers)
    {
        var hashes = _snapshot!.HashesOf(typeUrl);
        var changed = hashes.Where(entry => subscription.Follows(entry.Key) && subscription.Delivered.GetValueOrDefault(entry.Key) != entry.Value).ToList();
        string[] removed = [.. subscription.Delivered.Keys.Where(name => !hashes.ContainsKey(name))];
        if (changed.Count == 0 && removed.Length == 0 && !subscription.OwesFirst)
        {
            return;
        }

        // What was sent counts as delivered, a later NACK changes nothing.
        changed.ForEach(entry => subscription.Delivered[entry.Key] = entry.Value);
        Array.ForEach(removed, name => subscription.Delivered.Remove(name));
        (subscription.IsOpen, subscription.OwesFirst) = (false, false);
        answers.Add(new ScriptedResponse(typeUrl, _snapshot.VersionOf(typeUrl), (++_nonce).ToString(CultureInfo.InvariantCulture))
        {
            Wrapped = [.. changed.Select(entry => new Resource { Name = entry.Key, Version = entry.Value, Resource_ = _snapshot[typeUrl][entry.Key] })],
            Removed = removed,
        });
        if (typeUrl == TypeUrls.Cluster)
        {
            ForceEndpointsOf(changed.Select(static entry => entry.Key), answers);
        }
    }

    // Kong's fork sends the endpoints of each cluster of a delta again.
    private void ForceEndpointsOf(IEnumerable<string> clusters, List<ScriptedResponse> answers)
    {
        if (_subscriptions.TryGetValue(TypeUrls.ClusterLoadAssignment, out var endpoints))
        {
            foreach (var name in clusters)
            {
                endpoints.Delivered.Remove(name);
            }

            if (endpoints.IsOpen)
            {
                Answer(TypeUrls.ClusterLoadAssignment, endpoints, answers);
            }
        }
    }

    private sealed class Subscription(ScriptedRequest first)
    {
        private readonly HashSet<string> _names = [];
        private readonly bool _isWildcard = first.Names.Count == 0;

        public Dictionary<string, string> Delivered { get; } = new(first.InitialVersions, StringComparer.Ordinal);

        public bool IsOpen { get; set; }

        /// <summary>The first answer to a wildcard is sent even when it says nothing.</summary>
        public bool OwesFirst { get; set; } = first.Names.Count == 0;

        public bool Follows(string name) => _isWildcard || _names.Contains(name);

        public void Change(ScriptedRequest request)
        {
            _names.UnionWith(request.Names);
            foreach (var name in request.Unsubscribed)
            {
                _names.Remove(name);
                Delivered.Remove(name);
            }
        }
    }
}

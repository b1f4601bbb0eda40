using System.Globalization;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>State of the world as go-control-plane's snapshot cache serves it in ADS mode. Protocol §3.3.</summary>
internal sealed class KumaSotwSession(KumaProfile profile) : IKumaSession
{
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);
    private KumaSnapshot? _snapshot;
    private int _nonce;
    private bool _areEndpointsDue;

    public IEnumerable<ScriptedResponse> Receive(ScriptedRequest request)
    {
        if (!_watches.TryGetValue(request.TypeUrl, out var watch))
        {
            _watches[request.TypeUrl] = watch = new Watch();
        }

        // Rule 6: while an answer is outstanding only the reply to that answer counts.
        if (watch.IsOutstanding && watch.Nonce != request.Nonce)
        {
            return [];
        }

        ForceEndpoints(request, watch);
        watch.Open(request);
        return _snapshot is not null && IsDue(watch, request.TypeUrl) ? Answer(watch, request.TypeUrl) : [];
    }

    public IEnumerable<ScriptedResponse> Update(KumaSnapshot snapshot)
    {
        _areEndpointsDue |= _snapshot is not null && _snapshot.VersionOf(TypeUrls.Cluster) != snapshot.VersionOf(TypeUrls.Cluster);
        _snapshot = snapshot;

        // Rule 8; the 2.7 line has no order, and listeners first is the one that hurts most.
        foreach (var typeUrl in profile.IsOrdered ? KumaResources.Order : KumaResources.Order.Reverse())
        {
            if (_watches.TryGetValue(typeUrl, out var watch) && watch.IsOpen && watch.Version != snapshot.VersionOf(typeUrl))
            {
                foreach (var response in Answer(watch, typeUrl))
                {
                    yield return response;
                }
            }
        }
    }

    // Rule 11, the "resource warming forcer" of 2.7: a repeated request for endpoints with a used nonce after a change of clusters.
    private void ForceEndpoints(ScriptedRequest request, Watch watch)
    {
        if (!profile.IsOrdered && _areEndpointsDue && request.TypeUrl == TypeUrls.ClusterLoadAssignment && !watch.IsOutstanding && watch.Nonce == request.Nonce)
        {
            _areEndpointsDue = false;
            _snapshot!.RenewEndpoints();
        }
    }

    private bool IsDue(Watch watch, string typeUrl) =>
        watch.Version != _snapshot!.VersionOf(typeUrl) || watch.Names.Any(name => _snapshot[typeUrl].ContainsKey(name) && !watch.Known.Contains(name));

    // Rule 2: names that do not cover the snapshot get silence, and the watch is gone until the client asks again.
    private ScriptedResponse[] Answer(Watch watch, string typeUrl)
    {
        var resources = _snapshot![typeUrl];
        watch.IsOpen = false;
        if (watch.Names.Count > 0 && !resources.Keys.All(watch.Names.Contains))
        {
            return [];
        }

        watch.Nonce = (++_nonce).ToString(CultureInfo.InvariantCulture);
        watch.IsOutstanding = true;
        watch.Sent = [.. resources.Keys];
        return [new ScriptedResponse(typeUrl, _snapshot.VersionOf(typeUrl), watch.Nonce, [.. resources.Select(static resource => (resource.Key, resource.Value))])];
    }

    private sealed class Watch
    {
        public HashSet<string> Names { get; private set; } = [];

        public HashSet<string> Known { get; private set; } = [];

        public HashSet<string> Sent { get; set; } = [];

        public string Version { get; private set; } = "";

        public string Nonce { get; set; } = "";

        public bool IsOpen { get; set; }

        public bool IsOutstanding { get; set; }

        public void Open(ScriptedRequest request)
        {
            Known = request.Nonce.Length > 0 && request.Nonce == Nonce ? Sent : Known;
            Names = [.. request.Names];
            Version = request.Version;
            IsOutstanding = false;
            IsOpen = true;
        }
    }
}

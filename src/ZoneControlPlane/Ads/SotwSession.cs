using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>
/// State of the world as Kuma's control plane speaks it: every answer of a type holds all its resources, and requests by name are
/// answered only when the names cover the snapshot. Protocol §3.3.
/// </summary>
internal sealed partial class SotwSession(string nodeId, ControlPlane identity, ILogger logger) : IAdsSession<DiscoveryRequest, DiscoveryResponse>
{
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);
    private readonly NonceCounter _nonces = new();
    private NodeSnapshot? _snapshot;

    public static AdsRequestHead Describe(DiscoveryRequest request) =>
        new(request.Node, request.TypeUrl, request.ResponseNonce, request.ErrorDetail?.Message);

    public static string TypeOf(DiscoveryResponse response) => response.TypeUrl;

    public IReadOnlyList<DiscoveryResponse> Receive(DiscoveryRequest request)
    {
        if (!_watches.TryGetValue(request.TypeUrl, out var watch))
        {
            watch = _watches[request.TypeUrl] = new Watch(NodeSnapshot.IsByName(request.TypeUrl));
        }

        if (!watch.Accepts(request))
        {
            return [];
        }

        watch.Open(request);
        if (_snapshot?[request.TypeUrl] is not { } resources)
        {
            return [];
        }

        return watch.Version != resources.Version || watch.AsksForMoreOf(resources) ? Answer(watch, request.TypeUrl, resources) : [];
    }

    public IReadOnlyList<DiscoveryResponse> Update(NodeSnapshot snapshot)
    {
        _snapshot = snapshot;
        var answers = new List<DiscoveryResponse>();
        foreach (var typeUrl in NodeSnapshot.AnswerOrder)
        {
            var resources = snapshot[typeUrl]!;
            if (_watches.TryGetValue(typeUrl, out var watch) && watch.IsOpen && watch.Version != resources.Version)
            {
                answers.AddRange(Answer(watch, typeUrl, resources));
            }
        }

        return answers;
    }

    // An answer closes the watch until the client replies. So does the refusal to answer, as it does in Kuma: the client has to ask again.
    private DiscoveryResponse[] Answer(Watch watch, string typeUrl, TypedResources resources)
    {
        if (watch.FindUncovered(resources) is { } missing)
        {
            watch.Close();
            Log.NotCovered(logger, nodeId, typeUrl, missing);
            return [];
        }

        var names = watch.Select(resources).ToList();
        if (names.Count == 0 && !watch.MayBeEmpty)
        {
            // Nothing of what was asked for is there yet; the watch stays open for it.
            return [];
        }

        var response = new DiscoveryResponse { TypeUrl = typeUrl, VersionInfo = resources.Version, Nonce = _nonces.Next(), ControlPlane = identity };
        response.Resources.AddRange(names.Select(name => resources.Items[name].Body));
        watch.AwaitReply(response.Nonce, names);
        return [response];
    }

    private sealed class Watch(bool isByName)
    {
        private HashSet<string> _names = [];
        private HashSet<string> _received = [];
        private List<string> _sent = [];
        private string _awaitedNonce = "";
        private string _sentNonce = "";

        /// <summary>Whether a change is to be answered without being asked.</summary>
        public bool IsOpen { get; private set; }

        /// <summary>Whether an answer without resources says anything: that everything is gone, or that what was sent by name is.</summary>
        public bool MayBeEmpty => !isByName || _sent.Count > 0;

        /// <summary>Version the client says it has.</summary>
        public string Version { get; private set; } = "";

        /// <summary>False for a request that was on its way when an answer went out: only the reply to that answer counts.</summary>
        public bool Accepts(DiscoveryRequest request)
        {
            if (_sentNonce.Length > 0 && _sentNonce == request.ResponseNonce)
            {
                _received = [.. _sent];
            }

            return _awaitedNonce.Length == 0 || _awaitedNonce == request.ResponseNonce;
        }

        public void Open(DiscoveryRequest request)
        {
            _names = [.. request.ResourceNames];
            Version = request.VersionInfo;
            _awaitedNonce = "";
            IsOpen = true;
        }

        public void Close() => IsOpen = false;

        public void AwaitReply(string nonce, List<string> names)
        {
            IsOpen = false;
            _awaitedNonce = _sentNonce = nonce;
            _sent = names;
        }

        /// <summary>Whether a name is asked for that exists and has not been sent yet.</summary>
        public bool AsksForMoreOf(TypedResources resources) => _names.Any(name => !_received.Contains(name) && resources.Items.ContainsKey(name));

        /// <summary>A resource that the request does not name; null when it names all or none, for none means all. What is only sent by name needs no cover.</summary>
        public string? FindUncovered(TypedResources resources) =>
            _names.Count == 0 || isByName ? null : resources.Items.Keys.FirstOrDefault(name => !_names.Contains(name));

        public IEnumerable<string> Select(TypedResources resources) =>
            resources.Items.Keys.Where(name => (_names.Count == 0 && !isByName) || _names.Contains(name)).Order(StringComparer.Ordinal);
    }

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Debug, "Node {Node}: {TypeUrl} is not answered, the names asked for do not cover {Missing}")]
        public static partial void NotCovered(ILogger logger, string node, string typeUrl, string missing);
    }
}

using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Rpc;

namespace Zoneway.TestUtilities.Ads;

/// <summary>A discovery request of either variant. Names are all names of the request, or with delta those newly subscribed to.</summary>
internal sealed record ScriptedRequest(
    string TypeUrl,
    IReadOnlyList<string> Names,
    string Version,
    string Nonce,
    Status? Error,
    Node? Node,
    IReadOnlyList<string> Unsubscribed,
    IReadOnlyDictionary<string, string> InitialVersions)
{
    public static ScriptedRequest From(DiscoveryRequest request) => new(
        request.TypeUrl,
        request.ResourceNames,
        request.VersionInfo,
        request.ResponseNonce,
        request.ErrorDetail,
        request.Node,
        [],
        new Dictionary<string, string>());

    public static ScriptedRequest From(DeltaDiscoveryRequest request) => new(
        request.TypeUrl,
        request.ResourceNamesSubscribe,
        "",
        request.ResponseNonce,
        request.ErrorDetail,
        request.Node,
        request.ResourceNamesUnsubscribe,
        request.InitialResourceVersions.ToDictionary());
}

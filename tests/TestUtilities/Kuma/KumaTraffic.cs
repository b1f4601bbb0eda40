using System.Collections.Concurrent;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>What a <see cref="KumaControlPlane"/> has seen and said, for tests to look at. Safe for use from any thread.</summary>
internal sealed class KumaTraffic
{
    /// <summary>Bodies of bootstrap requests with the status each got.</summary>
    public ConcurrentQueue<(string Body, int Status)> Bootstraps { get; } = new();

    /// <summary>Streams opened: variant and <c>authorization</c> metadata.</summary>
    public ConcurrentQueue<(XdsVariant Variant, string? Authorization)> Streams { get; } = new();

    /// <summary>Error texts of refused streams.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>Requests of all streams in order.</summary>
    public ConcurrentQueue<ScriptedRequest> Requests { get; } = new();

    /// <summary>Answers of all streams in order.</summary>
    public ConcurrentQueue<ScriptedResponse> Responses { get; } = new();

    /// <summary>What the proxy said of the answers it rejected.</summary>
    public IReadOnlyList<string> Rejections => [.. Requests.Where(static request => request.Error is not null).Select(static request => request.Error!.Message)];

    /// <summary>Node id of the first request of all; null before it.</summary>
    public string? NodeId => Requests.FirstOrDefault()?.Node?.Id;

    /// <summary>Whether a proxy has asked for all types that it asks for unconditionally.</summary>
    public bool IsSubscribed => Requests.Any(static request => request.TypeUrl == TypeUrls.Cluster) && Requests.Any(static request => request.TypeUrl == TypeUrls.Listener);

    /// <summary>Whether the last answer about clusters and the last about listeners were accepted.</summary>
    public bool IsAccepted => IsLastAccepted(TypeUrls.Cluster) && IsLastAccepted(TypeUrls.Listener);

    private bool IsLastAccepted(string typeUrl) =>
        Responses.LastOrDefault(response => response.TypeUrl == typeUrl) is { } last
        && Requests.Any(request => request.TypeUrl == typeUrl && request.Nonce == last.Nonce && request.Error is null);
}

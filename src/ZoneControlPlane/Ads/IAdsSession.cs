using Envoy.Config.Core.V3;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>
/// State of one ADS stream in one of its two variants: subscriptions, versions and nonces, without input or output. Used by one task.
/// </summary>
/// <typeparam name="TRequest">Message of the client.</typeparam>
/// <typeparam name="TResponse">Message of the server.</typeparam>
internal interface IAdsSession<TRequest, TResponse>
{
    /// <summary>What the stream needs to know of a request, whatever its variant.</summary>
    static abstract AdsRequestHead Describe(TRequest request);

    /// <summary>Type of a response, for log and counters.</summary>
    static abstract string TypeOf(TResponse response);

    /// <summary>Takes in a request.</summary>
    /// <returns>The answers that are due now, in the order to send them.</returns>
    IReadOnlyList<TResponse> Receive(TRequest request);

    /// <summary>Puts a new snapshot in force.</summary>
    /// <returns>The answers that are due now, in the order to send them.</returns>
    IReadOnlyList<TResponse> Update(NodeSnapshot snapshot);
}

/// <summary>What is common to the requests of both variants.</summary>
/// <param name="Node">The client; on the first request only.</param>
/// <param name="TypeUrl">Type asked for.</param>
/// <param name="Nonce">Answer this is a reply to; empty when none.</param>
/// <param name="Rejection">Why the client did not take that answer; null when it did.</param>
internal readonly record struct AdsRequestHead(Node? Node, string TypeUrl, string Nonce, string? Rejection);

namespace Zoneway.Xds.Ads;

/// <summary>Why a response is neither applied nor answered.</summary>
internal enum IgnoreReason
{
    /// <summary>Its type is none that this proxy knows.</summary>
    UnknownType,

    /// <summary>Nothing of its type was asked for on this stream.</summary>
    NotSubscribed,

    /// <summary>It has no nonce, so an answer would read as a first request and bring the same response again.</summary>
    NoNonce,

    /// <summary>It has the nonce of the response before it, which was answered.</summary>
    StaleNonce,
}

using System.Net.Security;

namespace Zoneway.MutualTls;

/// <summary>How a handshake went.</summary>
public readonly record struct TlsHandshake
{
    /// <summary>The stream inside; null when the handshake failed.</summary>
    public SslStream? Stream { get; private init; }

    /// <summary>Who the peer is.</summary>
    public PeerIdentity Peer { get; private init; }

    /// <summary>Why it failed; counts only then.</summary>
    public TlsFailure Failure { get; private init; }

    /// <summary>A sentence about the failure, for logs.</summary>
    public string Detail { get; private init; }

    /// <summary>No handshake, as the stream is plain.</summary>
    public static TlsHandshake Plain { get; } = new() { Peer = PeerIdentity.None, Detail = "" };

    internal static TlsHandshake Done(SslStream stream, PeerIdentity peer) => new() { Stream = stream, Peer = peer, Detail = "" };

    internal static TlsHandshake Failed(TlsFailure failure, string detail) => new() { Peer = PeerIdentity.None, Failure = failure, Detail = detail };

    internal static TlsHandshake Refused(PeerRefusal refusal) => refusal switch
    {
        PeerRefusal.NoCertificate => Failed(TlsFailure.NoPeerCertificate, "the peer has shown no certificate"),
        PeerRefusal.Expired => Failed(TlsFailure.PeerNotTrusted, "the peer's certificate has expired"),
        PeerRefusal.NotYetValid => Failed(TlsFailure.PeerNotTrusted, "the peer's certificate is not valid yet"),
        PeerRefusal.TrustDomain => Failed(TlsFailure.PeerNotTrusted, "the peer's certificate is of no trust domain that is known, or not of the one it names"),
        PeerRefusal.Name => Failed(TlsFailure.PeerName, "none of the names in the peer's certificate fits"),
        PeerRefusal.Hash => Failed(TlsFailure.PeerHash, "the peer's certificate is not one of those listed"),
        _ => Failed(TlsFailure.PeerNotTrusted, "the peer's certificate comes from no CA that is trusted"),
    };
}

/// <summary>Why a handshake failed.</summary>
public enum TlsFailure
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The proxy's own certificate or trust is missing, expired or unusable.</summary>
    NotReady,

    /// <summary>The peer has shown no certificate where one is required.</summary>
    NoPeerCertificate,

    /// <summary>The peer's certificate is not trusted: its chain, its validity or its trust domain.</summary>
    PeerNotTrusted,

    /// <summary>None of the names in the peer's certificate fits.</summary>
    PeerName,

    /// <summary>The peer's certificate is none of those listed by hash.</summary>
    PeerHash,

    /// <summary>The two sides could not agree, or what came is not TLS.</summary>
    Protocol,

    /// <summary>The peer closed or reset the connection.</summary>
    Closed,

    /// <summary>It took too long.</summary>
    Timeout,
}

namespace Zoneway.SniRouter.Tls;

/// <summary>What <see cref="ClientHelloReader"/> says about the bytes it was given.</summary>
/// <remarks>All but <see cref="NeedMore"/> are final: further bytes do not change them.</remarks>
public enum ClientHelloReadStatus
{
    /// <summary>Nothing speaks against a ClientHello, but it is not all there yet.</summary>
    NeedMore,

    /// <summary>The ClientHello is there and readable; see <see cref="ClientHelloReader.Hello"/>.</summary>
    Complete,

    /// <summary>The first bytes are not those of a TLS handshake record.</summary>
    NotTls,

    /// <summary>It began like TLS, but what follows is no ClientHello that could be read safely.</summary>
    Malformed,

    /// <summary>The ClientHello cannot end within the limit.</summary>
    TooLarge,
}

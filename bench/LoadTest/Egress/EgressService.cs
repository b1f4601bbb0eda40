namespace Zoneway.LoadTest.Egress;

/// <summary>Kind of the keys of proxy, client and authority.</summary>
internal enum KeyKind
{
    /// <summary>ECDSA P-256.</summary>
    Ecdsa,

    /// <summary>RSA with 2048 bits, as Kuma's control plane issues.</summary>
    Rsa,
}

/// <summary>One thing that an egress does; every contender serves each on a port of its own and asks for a client certificate.</summary>
/// <param name="Name">Name in configurations.</param>
/// <param name="IsHttp">HTTP, or bytes.</param>
/// <param name="IsUpstreamTls">Whether the proxy speaks TLS to the back end, and verifies it.</param>
/// <param name="Key">Kind of the keys on the client's side.</param>
internal sealed record EgressService(string Name, bool IsHttp, bool IsUpstreamTls, KeyKind Key)
{
    public static readonly EgressService Http = new("http", true, false, KeyKind.Ecdsa);
    public static readonly EgressService HttpTls = new("http-tls", true, true, KeyKind.Ecdsa);
    public static readonly EgressService HttpRsa = new("http-rsa", true, false, KeyKind.Rsa);
    public static readonly EgressService Tcp = new("tcp", false, false, KeyKind.Ecdsa);
    public static readonly EgressService TcpTls = new("tcp-tls", false, true, KeyKind.Ecdsa);

    public static readonly IReadOnlyList<EgressService> All = [Http, HttpTls, HttpRsa, Tcp, TcpTls];

    /// <summary>Server name that clients ask for.</summary>
    public const string ServerName = "bench.test";

    /// <summary>Server name of the back end.</summary>
    public const string BackendName = "backend.test";
}

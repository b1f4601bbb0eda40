namespace Zoneway.LoadTest.Egress.Load;

/// <summary>What the clients do.</summary>
internal enum EgressLoadKind
{
    /// <summary>HTTP/1.1 requests one after another on each connection.</summary>
    Http1,

    /// <summary>HTTP/2 requests one after another on each connection.</summary>
    Http2,

    /// <summary>A message and its echo, one after another on each connection.</summary>
    Echo,

    /// <summary>Connects, does a full handshake, sends one HTTP/1.1 request, closes, and again.</summary>
    Handshake,
}

/// <summary>One sample to be taken by the load process.</summary>
internal sealed record EgressLoadRequest
{
    public required EgressLoadKind Kind { get; init; }

    /// <summary>Loopback port.</summary>
    public required int Port { get; init; }

    /// <summary>Kind of the keys that the port is served with.</summary>
    public KeyKind Key { get; init; }

    /// <summary>TLS 1.2 instead of 1.3.</summary>
    public bool IsTls12 { get; init; }

    /// <summary>Connections at a time.</summary>
    public required int Connections { get; init; }

    /// <summary>Size of a message of <see cref="EgressLoadKind.Echo"/>.</summary>
    public int MessageBytes { get; init; } = 64;

    /// <summary>How long the load runs before the interval that counts.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Length of the interval that counts.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>First process of the proxy; its children count with it.</summary>
    public int? ProxyProcess { get; init; }

    /// <summary>Processes of the harness, which are no foreign load.</summary>
    public IReadOnlyList<int> HarnessProcesses { get; init; } = [];
}

namespace Zoneway.LoadTest.Load;

/// <summary>What a client does with its connections.</summary>
internal enum LoadKind
{
    /// <summary>Sends without end.</summary>
    Upload,

    /// <summary>Receives without end.</summary>
    Download,

    /// <summary>Sends a message, waits for its echo, and so on (closed loop).</summary>
    PingPong,

    /// <summary>Sends messages at fixed times, whether or not echoes came (open loop).</summary>
    OpenLoop,

    /// <summary>Connects, says hello, waits for the greeting, closes, and again.</summary>
    Connect,

    /// <summary>Opens connections, leaves them alone, uses each once, and leaves them alone.</summary>
    Idle,
}

/// <summary>One sample to be taken by the load process.</summary>
internal sealed record LoadRequest
{
    public required LoadKind Kind { get; init; }

    /// <summary>Loopback port of the proxy; null to connect to the back ends themselves.</summary>
    public int? ProxyPort { get; init; }

    /// <summary>The routes, whose server names are used in turn.</summary>
    public required RouteSet Routes { get; init; }

    /// <summary>Connections at a time.</summary>
    public required int Connections { get; init; }

    /// <summary>Size of a message of ping-pong and open loop.</summary>
    public int MessageBytes { get; init; } = 64;

    /// <summary>Rate of the open loop, over all connections.</summary>
    public double MessagesPerSecond { get; init; }

    public HelloShape Hello { get; init; }

    /// <summary>How long the load runs before the interval that counts.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Length of the interval that counts; with idle connections of each pause.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>First process of the proxy; its children count with it. Null for none.</summary>
    public int? ProxyProcess { get; init; }

    /// <summary>Processes of the harness, which are no foreign load.</summary>
    public IReadOnlyList<int> HarnessProcesses { get; init; } = [];
}

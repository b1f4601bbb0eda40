using Zoneway.TestUtilities;

namespace Zoneway.LoadTest.Load;

/// <summary>Which ClientHello a client sends.</summary>
internal enum HelloShape
{
    /// <summary>TLS 1.3 without post-quantum groups, about 330 bytes, in one write.</summary>
    Small,

    /// <summary>With an X25519MLKEM768 share and a GREASE ECH, server_name last, about 1.8 kB, in two writes.</summary>
    PostQuantum,
}

/// <summary>The hellos of all server names of a run, ready to be given an order.</summary>
internal sealed class HelloBook
{
    private readonly byte[][] _hellos;

    public HelloBook(HelloShape shape, int routes)
    {
        Shape = shape;
        _hellos = [.. Enumerable.Range(0, routes).Select(route => Build(shape, route))];
    }

    public HelloShape Shape { get; }

    /// <summary>Number of server names.</summary>
    public int Routes => _hellos.Length;

    /// <summary>Copies the hello for a route into a buffer, with an order in it.</summary>
    /// <returns>Its length in bytes.</returns>
    public int Write(int route, StreamOrder order, Span<byte> buffer)
    {
        var hello = _hellos[route];
        hello.CopyTo(buffer);
        order.WriteTo(buffer[..hello.Length]);
        return hello.Length;
    }

    /// <summary>A hello for a route, without an order.</summary>
    public static byte[] Build(HelloShape shape, int route)
    {
        var serverName = RouteSet.ServerName(route);
        var hello = shape == HelloShape.Small
            ? Common().WithServerName(serverName).WithKeyShare(ClientHelloBuilder.X25519, 32).WithPadding(64)
            : Common().WithKeyShare(0x4A4A, 1).WithKeyShare(ClientHelloBuilder.X25519MLKEM768, 1216).WithKeyShare(ClientHelloBuilder.X25519, 32).WithEch(208)
                .WithServerName(serverName);
        return hello.Build();
    }

    // What browsers and Go's TLS send today: GREASE, groups, ALPN, signature algorithms, versions.
    private static ClientHelloBuilder Common() => new ClientHelloBuilder()
        .WithSessionId(new byte[32])
        .WithExtension(0x1A1A)
        .WithExtension(0x0017)
        .WithExtension(0xFF01, 0x00)
        .WithExtension(0x000A, 0x00, 0x0A, 0x4A, 0x4A, 0x11, 0xEC, 0x00, 0x1D, 0x00, 0x17, 0x00, 0x18)
        .WithExtension(0x000B, 0x01, 0x00)
        .WithAlpn("h2", "http/1.1")
        .WithExtension(0x000D, 0x00, 0x10, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01, 0x05, 0x03, 0x08, 0x05, 0x05, 0x01, 0x08, 0x06, 0x06, 0x01)
        .WithExtension(0x002D, 0x01, 0x01)
        .WithSupportedVersions(0x5A5A, 0x0304, 0x0303);
}

using Zoneway.LoadTest.Egress.Load;

namespace Zoneway.LoadTest.Egress.Cases;

/// <summary>All egress cases, in the order of reports.</summary>
internal static class EgressCaseCatalog
{
    private const int BulkMessage = 256 * 1024;
    private const int HandshakesAtOnce = 32;

    private static readonly string[] ShortRuns = ["h1-64", "h1-tls-64", "h2-64", "tcp-64B-64", "tcp-bulk-4", "handshake-ecdsa"];

    public static IReadOnlyList<EgressCase> All() =>
    [
        Http1(1), Http1(64), Http1(512), Http1Tls(1), Http1Tls(64), Http1Tls(512),
        Http2(1), Http2(64), Http2(512),
        Echo(1), Echo(64), Echo(512), EchoTls(64), Bulk(1), Bulk(4), BulkTls(4),
        Handshake(KeyKind.Ecdsa), Handshake(KeyKind.Rsa),
    ];

    /// <summary>Whether a short run has it.</summary>
    public static bool IsForShortRuns(EgressCase egressCase) => ShortRuns.Contains(egressCase.Name);

    private static EgressCase Http1(int connections) =>
        Make($"h1-{connections}", $"HTTP/1.1, GET of 1 KiB on {connections} connection(s), one at a time on each; plain HTTP/1.1 to the back end", EgressService.Http, EgressLoadKind.Http1, connections);

    private static EgressCase Http1Tls(int connections) =>
        Make($"h1-tls-{connections}", $"the same on {connections} connection(s) with verified TLS to the back end", EgressService.HttpTls, EgressLoadKind.Http1, connections);

    private static EgressCase Http2(int connections) =>
        Make($"h2-{connections}", $"HTTP/2, GET of 1 KiB on {connections} connection(s), one at a time on each; plain HTTP/1.1 to the back end", EgressService.Http, EgressLoadKind.Http2, connections);

    private static EgressCase Echo(int connections) =>
        Make($"tcp-64B-{connections}", $"round trips of 64 bytes on {connections} connection(s); plain TCP to the back end", EgressService.Tcp, EgressLoadKind.Echo, connections);

    private static EgressCase EchoTls(int connections) =>
        Make($"tcp-tls-64B-{connections}", $"round trips of 64 bytes on {connections} connection(s) with verified TLS to the back end", EgressService.TcpTls, EgressLoadKind.Echo, connections);

    private static EgressCase Bulk(int connections) =>
        Make($"tcp-bulk-{connections}", $"256 KiB and their echo at a time on {connections} connection(s), both directions counted; plain TCP to the back end", EgressService.Tcp, EgressLoadKind.Echo, connections, BulkMessage);

    private static EgressCase BulkTls(int connections) =>
        Make($"tcp-tls-bulk-{connections}", $"the same on {connections} connection(s) with verified TLS to the back end", EgressService.TcpTls, EgressLoadKind.Echo, connections, BulkMessage);

    private static EgressCase Handshake(KeyKind key) => Make(
        $"handshake-{(key == KeyKind.Rsa ? "rsa" : "ecdsa")}",
        $"connect, full mutual handshake with {(key == KeyKind.Rsa ? "RSA-2048" : "ECDSA P-256")} keys on both sides, one HTTP/1.1 request, close; {HandshakesAtOnce} at a time",
        key == KeyKind.Rsa ? EgressService.HttpRsa : EgressService.Http,
        EgressLoadKind.Handshake,
        HandshakesAtOnce);

    private static EgressCase Make(string name, string description, EgressService service, EgressLoadKind kind, int connections, int messageBytes = 64) => new(
        name, description, service, new EgressLoadRequest { Kind = kind, Port = 0, Key = service.Key, Connections = connections, MessageBytes = messageBytes, Duration = default });
}

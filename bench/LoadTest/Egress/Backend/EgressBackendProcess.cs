using System.Net.Security;
using System.Text.Json;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Egress.Backend;

/// <summary>The back ends of the egress cases, in a process of their own: HTTP and echo, each plain and with TLS. Ends when its standard input does.</summary>
internal static class EgressBackendProcess
{
    /// <summary>Says on standard output on which ports it listens, as a JSON object by name of <see cref="EgressService"/>, and serves.</summary>
    /// <param name="certificates">Directory of the <see cref="BenchCertificates"/>.</param>
    public static async Task<int> RunAsync(string certificates)
    {
        var context = SslStreamCertificateContext.Create(BenchCertificates.Of(certificates, KeyKind.Ecdsa).Load("backend"), null, offline: true);
        var ports = EgressService.All.ToDictionary(service => service.Name, service => new EgressBackend(service.IsHttp, service.IsUpstreamTls ? context : null).Start());
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(ports));
        await new EndOfInput().Reached;
        return 0;
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using ForeignProgram = Zoneway.TestUtilities.ChildProgram;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>gRPC with python3-grpcio on both sides.</summary>
public abstract partial class GrpcTests(string path)
{
    // grpcio checks the name that it sends: it is one of those in the certificate of the egress.
    private const string Name = "egress.test";

    [PythonFact("grpc", "python3-grpcio")]
    public async Task Calls_OfAllFourKinds_PassWithMetadataTrailersAndStatus()
    {
        await using var server = Start("server");
        await server.ExpectAsync("port ");
        await server.ExpectAsync("\n");
        var port = int.Parse(Port().Match(server.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        await using var egress = await ForeignEgress.StartAsync(path, xds => xds.AddHttp(Name, port, isHttp2: true, alpn: "h2"));
        await using var client = Start("client", egress.Authority, Name, egress.AuthorityFile, egress.CertificateFile, egress.KeyFile);

        await client.ExpectAsync("unary\nlarge\nserver_stream\nclient_stream\nboth\nstatus\nunimplemented\ndone");
    }

    private static ForeignProgram Start(params IEnumerable<string> arguments) =>
        ForeignProgram.Start(PythonModules.Interpreter, [Path.Combine(AppContext.BaseDirectory, "Foreign", "grpc_peer.py"), .. arguments]);

    [GeneratedRegex(@"port (\d+)\n")]
    private static partial Regex Port();
}

public sealed class PortableGrpcTests() : GrpcTests("portable");

public sealed class EngineGrpcTests() : GrpcTests("engine");

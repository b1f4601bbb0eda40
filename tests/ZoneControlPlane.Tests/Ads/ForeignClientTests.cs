using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

/// <summary>A client that shares no code with ours: Google's gRPC for Python, as Debian packages it.</summary>
public sealed class ForeignClientTests
{
    private const string Python = "/usr/bin/python3";

    // Sends a DiscoveryRequest (node id 1 and metadata 3 in field 2, type_url in field 4) written by hand and prints the answer's bytes.
    private const string Script = """
        import sys, grpc
        def field(number, payload):
            return bytes([number << 3 | 2]) + (bytes([len(payload)]) if len(payload) < 128 else bytes([len(payload) & 127 | 128, len(payload) >> 7])) + payload
        kind = field(1, field(1, b"dataplane.proxyType") + field(2, field(3, b"egress")))
        type_url = b"type.googleapis.com/envoy.config.cluster.v3.Cluster"
        request = field(2, field(1, b".ze-1") + field(3, kind)) + field(4, type_url)
        channel = grpc.insecure_channel(sys.argv[1])
        call = channel.stream_stream("/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")
        answer = next(call(iter([request]), timeout=15))
        print(answer.hex())
        """;

    [ProgramFact(Python, "-c \"import grpc\"")]
    public async Task Sotw_PythonClient_GetsClusters()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(
            SampleResources.Mesh("m") + SampleResources.Egress("ze-1", "west") + SampleResources.Ingress("e", "east", "203.0.113.1")
            + SampleResources.Dataplane("d1", "east", "m", "backend"));
        var script = controlPlane.Folder.Write("client.py", Script);

        var (exitCode, output) = ExternalProgram.Run(Python, $"{script} 127.0.0.1:{controlPlane.Address.Port}");

        Assert.True(exitCode == 0, output);
        var answer = Envoy.Service.Discovery.V3.DiscoveryResponse.Parser.ParseFrom(Convert.FromHexString(output.Trim()));
        Assert.Equal("m:backend", answer.Resources.Single().Unpack<Envoy.Config.Cluster.V3.Cluster>().Name);
    }
}

using System.Text.Json.Nodes;

namespace Zoneway.LoadTest.Contenders;

/// <summary>Envoy: tls_inspector and tcp_proxy with a static bootstrap of the same resources that Zoneway gets.</summary>
internal sealed class EnvoyContender : Contender
{
    private readonly string? _program = InstalledProgram.Find("envoy");

    /// <inheritdoc/>
    public override string Name => "envoy";

    /// <inheritdoc/>
    public override string Description => $"{InstalledProgram.Version(_program!, "--version")}, concurrency {Environment.ProcessorCount}";

    /// <inheritdoc/>
    public override string? Obstacle => _program is null ? "Envoy is not installed" : null;

    /// <inheritdoc/>
    public override ProgramStart Prepare(ContenderSetup setup)
    {
        var clusters = setup.Routes.BackendPorts.Select((port, backend) => Untyped(EnvoyResources.StaticCluster($"backend-{backend}", port)));
        var bootstrap = new JsonObject
        {
            ["staticResources"] = new JsonObject
            {
                ["listeners"] = new JsonArray(Untyped(EnvoyResources.Listener(setup.Port, setup.Routes.Count, route => $"backend-{setup.Routes.Backend(route)}"))),
                ["clusters"] = new JsonArray([.. clusters]),
            },
        };
        var path = setup.Write("envoy.json", bootstrap.ToJsonString());
        return new ProgramStart(_program!, "-c", path, "--concurrency", $"{Environment.ProcessorCount}", "--log-level", "error", "--disable-hot-restart");
    }

    private static JsonObject Untyped(JsonObject resource)
    {
        resource.Remove("@type");
        return resource;
    }
}

using System.Text.Json.Nodes;

namespace Zoneway.LoadTest.Contenders;

/// <summary>Zoneway's own <c>zone-ingress</c> with a file of resources.</summary>
internal sealed class ZonewayContender(string? program, bool isPortable) : Contender
{
    /// <inheritdoc/>
    public override string Name => isPortable ? "zoneway-portable" : "zoneway";

    /// <inheritdoc/>
    public override string Description =>
        $"{InstalledProgram.Version(program!, "version")}, {(isPortable ? "portable data path" : "engine: epoll loops with splice")}, {Environment.ProcessorCount} processors";

    /// <inheritdoc/>
    public override ContenderRole Role => ContenderRole.Subject;

    /// <inheritdoc/>
    public override string? Obstacle => program is null ? "zone-ingress was not built, or is not where --zone-ingress says" : null;

    /// <inheritdoc/>
    public override ProgramStart Prepare(ContenderSetup setup)
    {
        var clusters = setup.Routes.BackendPorts.Select((port, backend) => Resource($"backend-{backend}", EnvoyResources.StaticCluster($"backend-{backend}", port)));
        var listener = EnvoyResources.Listener(setup.Port, setup.Routes.Count, route => $"backend-{setup.Routes.Backend(route)}");
        var file = new JsonObject { ["resources"] = new JsonArray([.. clusters, Resource(EnvoyResources.ListenerName, listener)]) };
        return Run("--xds-file", setup.Write("resources.yaml", file.ToJsonString()));
    }

    /// <summary>How to start it with a control plane in place of a file.</summary>
    public ProgramStart Follow(Uri controlPlane) => Run("--cp-address", controlPlane.ToString(), "--name", "bench", "--proxy-type", "ingress", "--xds-variant", "DELTA_GRPC");

    private ProgramStart Run(params IReadOnlyList<string> source)
    {
        string[] dataPath = isPortable ? ["--data-path", "portable"] : [];
        return new ProgramStart(program!, ["run", .. source, "--admin-port", "0", "--readiness-port", "0", "--log-level", "warn", "--drain-time", "1s", .. dataPath]);
    }

    private static JsonObject Resource(string name, JsonObject resource) => new() { ["name"] = name, ["resource"] = resource };
}

using Zoneway.LoadTest.Contenders;

namespace Zoneway.LoadTest.Egress.Contenders;

/// <summary>Zoneway's own <c>zone-egress</c> with a file of resources.</summary>
internal sealed class ZoneEgress(string? program, bool isPortable) : EgressContender
{
    /// <inheritdoc/>
    public override string Name => isPortable ? "zoneway-portable" : "zoneway";

    /// <inheritdoc/>
    public override string Description =>
        $"{InstalledProgram.Version(program!, "version")}, {(isPortable ? "portable data path" : "engine: epoll loops")}, {Environment.ProcessorCount} processors";

    /// <inheritdoc/>
    public override ContenderRole Role => ContenderRole.Subject;

    /// <inheritdoc/>
    public override string? Obstacle => program is null ? "zone-egress was not built, or is not where --zone-egress says" : null;

    /// <inheritdoc/>
    public override ProgramStart Prepare(EgressSetup setup)
    {
        string[] dataPath = isPortable ? ["--data-path", "portable"] : [];
        return new ProgramStart(
            program!,
            ["run", "--xds-file", setup.Write("resources.yaml", ZoneEgressResources.Write(setup).ToJsonString()), "--admin-port", "0", "--readiness-port", "0", "--log-level", "warn", "--drain-time", "1s", .. dataPath]);
    }
}

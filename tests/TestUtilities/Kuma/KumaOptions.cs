namespace Zoneway.TestUtilities.Kuma;

/// <summary>How a <see cref="KumaControlPlane"/> is set up. The defaults are kuma-cp's on Universal.</summary>
internal sealed record KumaOptions
{
    public KumaProfile Profile { get; init; } = KumaProfile.V214;

    public string Zone { get; init; } = "east";

    /// <summary>Port to listen on; 0 for a free one. A control plane that comes back takes that of the one before.</summary>
    public int Port { get; init; }

    /// <summary>Tokens that are valid; null when authentication is off (<c>dpServer.authn.zoneProxy.type: none</c>, §2.1).</summary>
    public IReadOnlyCollection<string>? Tokens { get; init; }

    /// <summary>Kubernetes: proxies must be there before, and a token path gets the googleGrpc form (§1.3, <c>enableReloadableTokens</c>).</summary>
    public bool IsKubernetes { get; init; }

    /// <summary><c>xdsServer.dataplaneConfigurationRefreshInterval</c>, §3.5.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>xdsServer.nackBackoff</c>, §3.3 rule 5.</summary>
    public TimeSpan NackBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>xdsServer.dataplaneDeregistrationDelay</c>, §3.5.</summary>
    public TimeSpan DeregistrationDelay { get; init; } = TimeSpan.FromSeconds(10);
}

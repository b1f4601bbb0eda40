namespace Zoneway.Xds.Bootstrap;

/// <summary>Where the bootstrap document comes from, and how long to try. Protocol §1.1, §1.2.</summary>
public sealed class BootstrapClientOptions
{
    /// <summary>The control plane: <c>https://host:5678</c>, or <c>http</c> in tests. Its host must be a name or address of the control plane's certificate.</summary>
    public required Uri ControlPlane { get; init; }

    /// <summary>PEM of the CAs to trust for the control plane. Null: those of the system.</summary>
    public string? TrustedCa { get; init; }

    /// <summary>True to trust any certificate here; the document then brings the CA for everything that follows.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>Time between attempts. Default 3 s, as kuma-dp has it.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long to go on trying. Default 5 min, as kuma-dp has it.</summary>
    public TimeSpan RetryMaxDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time for one attempt, connecting included. Default 10 s, as kuma-dp has it.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

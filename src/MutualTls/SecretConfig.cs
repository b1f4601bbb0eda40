namespace Zoneway.MutualTls;

/// <summary>A secret as the control plane delivers it (envoy.extensions.transport_sockets.tls.v3.Secret). Its text never shows its content.</summary>
public sealed record SecretConfig
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>A certificate with its key, or null.</summary>
    public TlsCertificateConfig? Certificate { get; init; }

    /// <summary>How peers are verified, or null.</summary>
    public ValidationContextConfig? Validation { get; init; }

    /// <summary>Without the content: records are printed by accident.</summary>
    public override string ToString() => $"secret {Name}";
}

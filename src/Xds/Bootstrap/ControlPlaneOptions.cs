namespace Zoneway.Xds.Bootstrap;

/// <summary>What a <see cref="ControlPlaneFollower"/> needs to know.</summary>
public sealed class ControlPlaneOptions
{
    /// <summary>Where the bootstrap document comes from.</summary>
    public required BootstrapClientOptions Bootstrap { get; init; }

    /// <summary>Makes the request; called before each bootstrap, so that what it reads from files is fresh.</summary>
    public required Func<BootstrapRequest> CreateRequest { get; init; }

    /// <summary>File with the token, read again for every stream. Null: the bootstrap document says which token to use.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Called when no bootstrap document can be had: without one the program is of no use. The log has the reason by then.</summary>
    public required Action OnFailure { get; init; }
}

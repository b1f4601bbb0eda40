using Zoneway.Xds.Resources;

namespace Zoneway.Xds;

/// <summary>Tells when a program has all it needs to serve for the first time.</summary>
public sealed class FirstConfiguration
{
    private readonly ConfigurationStore _store;

    internal FirstConfiguration(ConfigurationStore store) => _store = store;

    /// <summary>
    /// True once clusters and listeners were received and, as far as they came in time, the endpoints that the clusters ask for. What of them could not be put in
    /// force does not matter: the log has it, and the rest serves. Never false again.
    /// </summary>
    public bool IsInForce => _store.FirstConfiguration.IsCompletedSuccessfully;
}

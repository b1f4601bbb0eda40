using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Validation;

/// <summary>Metadata as text.</summary>
internal static class MetadataText
{
    /// <summary>Every key with its value.</summary>
    public static IReadOnlyDictionary<string, string> Of(EndpointMetadata metadata) =>
        metadata.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
}

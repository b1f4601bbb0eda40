using Envoy.Config.Listener.V3;

namespace Zoneway.Xds.Translation;

/// <summary>Whether a filter chain can be served only by ending its TLS or its HTTP here, rather than passing the stream on.</summary>
internal static class TerminationNeed
{
    /// <summary>Whether the stream cannot just be passed on.</summary>
    public static bool IsNeeded(FilterChain message) => TransportSockets.IsTls(message.TransportSocket) || IsHttp(message);

    /// <summary>Whether it speaks HTTP.</summary>
    public static bool IsHttp(FilterChain message) => message.Filters.Any(filter => ResourceReader.TypeName(filter.TypedConfig) == FilterTypes.HttpConnectionManager);
}

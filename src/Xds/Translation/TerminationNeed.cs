using Envoy.Config.Listener.V3;

namespace Zoneway.Xds.Translation;

/// <summary>Whether a filter chain can be served only by ending its TLS or its HTTP here, rather than passing the stream on.</summary>
internal static class TerminationNeed
{
    /// <summary>The first field that asks for it and what it asks for; null when the stream can be passed on.</summary>
    public static (string Field, string Reason)? WhyNeeded(FilterChain message)
    {
        if (TransportSockets.IsTls(message.TransportSocket))
        {
            return ("transport_socket", "termination of TLS is not available");
        }

        for (var i = 0; i < message.Filters.Count; i++)
        {
            if (IsHttp(message.Filters[i]))
            {
                return ($"filters[{i}]", "the HTTP connection manager is not available");
            }
        }

        return null;
    }

    /// <summary>Whether it speaks HTTP.</summary>
    public static bool IsHttp(FilterChain message) => message.Filters.Any(IsHttp);

    private static bool IsHttp(Filter filter) => ResourceReader.TypeName(filter.TypedConfig) == FilterTypes.HttpConnectionManager;
}

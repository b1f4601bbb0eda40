using System.Runtime.CompilerServices;

namespace Zoneway.SniRouter.Clusters;

/// <summary>The endpoints that one connection tries, each at most once. A mutable struct: keep it in a field or local and do not copy it.</summary>
public struct EndpointAttempts
{
    /// <summary>Most attempts a connection may make.</summary>
    public const int MaxAttempts = 8;

    private readonly EndpointSet? _endpoints;
    private readonly int _limit;
    private readonly ulong? _hash;
    private Tried _tried;
    private int _count;

    /// <param name="endpoints">The endpoints to choose from; null has none.</param>
    /// <param name="limit">Most attempts; values outside 1 to <see cref="MaxAttempts"/> are brought inside.</param>
    /// <param name="hash">What endpoints are chosen by where the cluster chooses by hash; null for none.</param>
    public EndpointAttempts(EndpointSet? endpoints, int limit, ulong? hash = null)
    {
        _endpoints = endpoints;
        _hash = hash;
        _limit = Math.Clamp(limit, 1, MaxAttempts);
    }

    /// <summary>The limit for a filter chain: its own where it names one, else the program's.</summary>
    public static int Limit(uint ofFilterChain, int ofProgram) => ofFilterChain > 0 ? (int)Math.Min(ofFilterChain, MaxAttempts) : ofProgram;

    /// <summary>Attempts made so far.</summary>
    public readonly int Count => _count;

    /// <summary>Attempts that could still be made.</summary>
    public readonly int Left => _endpoints is null ? 0 : Math.Min(_limit, _endpoints.Count) - _count;

    /// <summary>Picks an endpoint not tried yet; null when the attempts or the endpoints are used up.</summary>
    public UpstreamEndpoint? Next()
    {
        if (_endpoints is null || _count == _limit)
        {
            return null;
        }

        var endpoint = _endpoints.Pick(((ReadOnlySpan<UpstreamEndpoint?>)_tried)[.._count], _hash);
        if (endpoint is not null)
        {
            _tried[_count++] = endpoint;
        }

        return endpoint;
    }

    [InlineArray(MaxAttempts)]
    private struct Tried
    {
        private UpstreamEndpoint? _first;
    }
}

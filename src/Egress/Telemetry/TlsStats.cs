using Zoneway.MutualTls;

namespace Zoneway.Egress.Telemetry;

/// <summary>What is counted of handshakes with clients, by Envoy's names (<c>ssl.…</c>). Any number of threads.</summary>
internal sealed class TlsStats
{
    private readonly long[] _byFailure = new long[Enum.GetValues<TlsFailure>().Length];

    /// <summary>Handshakes that ended so; <see cref="TlsFailure.None"/> for those that succeeded.</summary>
    public long Count(TlsFailure failure) => Volatile.Read(ref _byFailure[(int)failure]);

    /// <summary>Counts a handshake.</summary>
    public void Add(TlsFailure failure) => Interlocked.Increment(ref _byFailure[(int)failure]);
}

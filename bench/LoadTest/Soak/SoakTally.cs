using System.Collections.Concurrent;

namespace Zoneway.LoadTest.Soak;

/// <summary>What the workers have seen. Safe for any number of threads.</summary>
internal sealed class SoakTally
{
    private const int MostFaults = 20;

    private readonly ConcurrentDictionary<string, long> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = new();
    private long _verifiedBytes;
    private long _wrongBytes;
    private long _wrongRoutes;
    private long _unexpectedEnds;

    /// <summary>Connections by what they did.</summary>
    public IReadOnlyDictionary<string, long> Connections => _connections;

    /// <summary>Bytes compared with what they should be.</summary>
    public long VerifiedBytes => Volatile.Read(ref _verifiedBytes);

    /// <summary>Comparisons that failed.</summary>
    public long WrongBytes => Volatile.Read(ref _wrongBytes);

    /// <summary>Connections answered by a back end that was not theirs.</summary>
    public long WrongRoutes => Volatile.Read(ref _wrongRoutes);

    /// <summary>Connections that ended, or were refused, without cause.</summary>
    public long UnexpectedEnds => Volatile.Read(ref _unexpectedEnds);

    /// <summary>The first faults in words.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsClean => WrongBytes + WrongRoutes + UnexpectedEnds == 0;

    public void Done(string behaviour) => _connections.AddOrUpdate(behaviour, 1, static (_, count) => count + 1);

    public void Verified(int bytes) => Interlocked.Add(ref _verifiedBytes, bytes);

    public void WrongByte(string what) => Note(ref _wrongBytes, what);

    public void WrongRoute(string what) => Note(ref _wrongRoutes, what);

    public void UnexpectedEnd(string what) => Note(ref _unexpectedEnds, what);

    private void Note(ref long counter, string what)
    {
        Interlocked.Increment(ref counter);
        if (_faults.Count < MostFaults)
        {
            _faults.Enqueue(what);
        }
    }
}

using Zoneway.TwoZones.Processes;

namespace Zoneway.TwoZones.Zones;

/// <summary>The ports of 127.0.0.1 that others must know before the program behind them runs.</summary>
internal sealed class InstallationPorts
{
    private readonly Queue<int> _free = new(FreePorts.Find(count: 16));
    private readonly Dictionary<string, int> _taken = [];

    /// <summary>The port of a purpose; the same each time.</summary>
    public int this[string purpose]
    {
        get
        {
            if (!_taken.TryGetValue(purpose, out var port))
            {
                port = _taken[purpose] = _free.Dequeue();
            }

            return port;
        }
    }
}

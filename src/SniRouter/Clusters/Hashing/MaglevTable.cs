using System.Text;

namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>
/// A Maglev table: a fixed number of places, filled by the endpoints in turns, each in an order of its own ("Maglev: A Fast and Reliable Software Network Load Balancer", §3.4;
/// with weights as in Envoy's <c>MaglevTable</c>). One step finds a place, and shares are as even as the table is long.
/// </summary>
internal sealed class MaglevTable : HashPlaces
{
    private MaglevTable(int[] owners)
        : base(owners)
    {
    }

    public static MaglevTable Create(MaglevConfig config, string[] keys, double[] weights)
    {
        var size = MaglevConfig.SizeOf(config.TableSize);
        var owners = new int[size];
        Array.Fill(owners, -1);
        var entries = Array.ConvertAll(keys, key => new Permutation(Encoding.UTF8.GetBytes(key), (uint)size));
        // The order of the keys, not that of the configuration: the same endpoints make the same table.
        var turns = new PriorityQueue<int, (double Due, int Rank)>(keys.Length);
        var ranks = Enumerable.Range(0, keys.Length).OrderBy(i => keys[i], StringComparer.Ordinal).ToArray();
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            turns.Enqueue(ranks[rank], (1 / weights[ranks[rank]], rank));
        }

        for (var filled = 0; filled < size; filled++)
        {
            turns.TryPeek(out var entry, out var turn);
            var place = entries[entry].Next();
            while (owners[place] >= 0)
            {
                place = entries[entry].Next();
            }

            owners[place] = entry;
            turns.DequeueEnqueue(entry, (turn.Due + (1 / weights[entry]), turn.Rank));
        }

        return new MaglevTable(owners);
    }

    /// <inheritdoc/>
    public override int Find(ulong hash) => (int)(hash % (ulong)Length);

    /// <summary>The order in which one endpoint wants the places: from an offset in equal steps, which visit each place once because their number is prime.</summary>
    private struct Permutation(byte[] key, uint size)
    {
        private readonly uint _step = (uint)(XxHash64.Of(key, seed: 1) % (size - 1)) + 1;
        private uint _next = (uint)(XxHash64.Of(key) % size);

        public int Next()
        {
            var place = _next;
            _next = (_next + _step) % size;
            return (int)place;
        }
    }
}

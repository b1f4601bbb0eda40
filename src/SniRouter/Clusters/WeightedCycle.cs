namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// Weighted round robin over the indices 0 … n-1: in any <see cref="Length"/> picks in a row, index <c>i</c> comes exactly
/// <c>weight[i] / gcd</c> times, and its turns lie evenly inside. Immutable but for one counter; safe for any number of threads; picks allocate nothing.
/// </summary>
/// <remarks>
/// The weights lie end to end on a circle of <see cref="Length"/> places, and pick <c>k</c> lands on place <c>k · step mod Length</c>. A step without a common
/// divisor with the length visits every place once per cycle, which makes the proportions exact; a step near the golden section
/// of the length scatters neighbours, which makes them smooth. It needs no table, so weights may be as large as the protocol allows.
/// </remarks>
public sealed class WeightedCycle
{
    private const double GoldenSection = 0.6180339887498949;

    private readonly uint[] _ends;
    private readonly uint _step;
    private ulong _picks;

    /// <param name="weights">The weight of each index; zeros are never picked. Their sum must lie between 1 and 4,294,967,295.</param>
    /// <param name="start">Where in the cycle to begin; any number. Processes that start at different places do not move in step.</param>
    /// <exception cref="ArgumentException">The sum is 0 or too large.</exception>
    public WeightedCycle(ReadOnlySpan<uint> weights, uint start = 0)
    {
        uint divisor = 0;
        ulong sum = 0;
        foreach (var weight in weights)
        {
            divisor = GreatestCommonDivisor(divisor, weight);
            sum += weight;
        }

        if (sum is 0 or > uint.MaxValue)
        {
            throw new ArgumentException("The sum of the weights must lie between 1 and 4,294,967,295.", nameof(weights));
        }

        _ends = new uint[weights.Length];
        uint end = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            end += weights[i] / divisor;
            _ends[i] = end;
        }

        Length = end;
        // Equal weights take turns in order, as a reader of the endpoint list expects.
        _step = Length == (uint)weights.Length && !weights.Contains(0u) ? 1 : CoprimeNear(Length, Length * GoldenSection);
        _picks = start;
    }

    /// <summary>Picks in a full cycle: the sum of the weights, divided by their greatest common divisor.</summary>
    public uint Length { get; }

    /// <summary>The next index.</summary>
    public int Next()
    {
        if (_ends.Length == 1)
        {
            return 0;
        }

        var pick = Interlocked.Increment(ref _picks) - 1;
        return IndexAt((uint)(pick % Length * _step % Length));
    }

    private int IndexAt(uint place)
    {
        if (Length == (uint)_ends.Length && _step == 1)
        {
            return (int)place;
        }

        var found = Array.BinarySearch(_ends, place + 1);
        if (found < 0)
        {
            return ~found;
        }

        // Indices of weight 0 share the end of the one before them: the first with this end owns the place.
        while (found > 0 && _ends[found - 1] == _ends[found])
        {
            found--;
        }

        return found;
    }

    private static uint CoprimeNear(uint length, double wanted)
    {
        var near = (uint)Math.Clamp(Math.Round(wanted), 1, length);
        for (uint distance = 0; ; distance++)
        {
            if (near + distance <= length && GreatestCommonDivisor(near + distance, length) == 1)
            {
                return near + distance;
            }

            if (near > distance && GreatestCommonDivisor(near - distance, length) == 1)
            {
                return near - distance;
            }
        }
    }

    private static uint GreatestCommonDivisor(uint a, uint b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}

namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// Weighted round robin over the indices 0 … n-1: in any <see cref="Length"/> picks in a row, index <c>i</c> comes exactly
/// <c>weight[i] / gcd</c> times, and in any fewer it is at most <c>1 + log2(Length) / 2</c> turns off its share. Immutable but for one counter; safe for
/// any number of threads; picks allocate nothing.
/// </summary>
/// <remarks>
/// The weights lie end to end on a circle of <see cref="Length"/> places, and pick <c>k</c> lands on place <c>k · step mod Length</c>. A step without a common
/// divisor with the length visits every place once per cycle, which makes the proportions exact; a step near the golden section of the length, whose
/// continued fraction is short of large terms, scatters neighbours, which makes them smooth. It needs no table, so weights may be as large as the protocol allows.
/// </remarks>
public sealed class WeightedCycle
{
    private const double GoldenSection = 0.6180339887498949;

    // Steps this far from the golden section are looked at; further away none is better (measured for lengths up to 3,000).
    private const uint SearchRadius = 32;

    private readonly uint[] _ends;
    private readonly uint _step;
    private readonly bool _isEqual;
    private ulong _picks;

    /// <param name="weights">The weight of each index; zeros are never picked. Weights whose sum is more than 4,294,967,295 are brought down alike, none to zero.</param>
    /// <param name="start">Where in the cycle to begin; any number. Processes that start at different places do not move in step.</param>
    /// <exception cref="ArgumentException">All weights are 0.</exception>
    public WeightedCycle(ReadOnlySpan<uint> weights, uint start = 0)
    {
        var reduced = Reduce(weights);
        _ends = new uint[reduced.Length];
        uint end = 0;
        for (var i = 0; i < reduced.Length; i++)
        {
            end += reduced[i];
            _ends[i] = end;
        }

        Length = end;
        // Equal weights take turns in order, as a reader of the endpoint list expects.
        _isEqual = !reduced.AsSpan().ContainsAnyExcept(1u);
        _step = _isEqual ? 1 : ScatteringStep(Length);
        _picks = start;
    }

    /// <summary>The cycle of a single index. It counts no turns, so all may share it.</summary>
    public static WeightedCycle Single { get; } = new([1]);

    /// <summary>The cycle of some weights, shared where it can be; see the constructor.</summary>
    public static WeightedCycle Of(ReadOnlySpan<uint> weights, uint start) => weights is [> 0] ? Single : new WeightedCycle(weights, start);

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

    /// <summary>An index at random, in proportion to the weights. Does not count as a turn.</summary>
    public int AtRandom() => _ends.Length == 1 ? 0 : IndexAt((uint)Random.Shared.NextInt64(Length));

    /// <summary>The index that a hash belongs to: always the same one, in proportion to the weights over many hashes. Does not count as a turn.</summary>
    public int ForHash(ulong hash) => _ends.Length == 1 ? 0 : IndexAt((uint)(hash % Length));

    private int IndexAt(uint place)
    {
        if (_isEqual)
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

    /// <summary>The smallest weights in the same proportions that add up to 32 bits.</summary>
    private static uint[] Reduce(ReadOnlySpan<uint> weights)
    {
        var reduced = weights.ToArray();
        var sum = reduced.Sum(weight => (long)weight);
        if (sum == 0)
        {
            throw new ArgumentException("At least one weight must be more than 0.", nameof(weights));
        }

        // Each weight that is kept from becoming 0 may add 1 to the sum again.
        var shift = 0;
        while ((sum >> shift) + reduced.Length > uint.MaxValue)
        {
            shift++;
        }

        uint divisor = 0;
        foreach (ref var weight in reduced.AsSpan())
        {
            weight = weight == 0 ? 0 : Math.Max(1, weight >> shift);
            divisor = GreatestCommonDivisor(divisor, weight);
        }

        return Array.ConvertAll(reduced, weight => weight / divisor);
    }

    /// <summary>The step without a common divisor near the golden section whose continued fraction has the least sum: the one that scatters best.</summary>
    private static uint ScatteringStep(uint length)
    {
        var golden = (uint)Math.Clamp(Math.Round(length * GoldenSection), 1, length);
        uint best = 0;
        var leastSum = uint.MaxValue;
        // Never empty: the length less 1 and 1 itself have no common divisor with the length, and one of them is near when the length is small;
        // among 65 neighbours of a large one, some number always is coprime to its at most nine prime factors.
        for (var step = golden > SearchRadius ? golden - SearchRadius : 1; step <= Math.Min(length, (long)golden + SearchRadius); step++)
        {
            if (ContinuedFractionSum(step, length, out var divisor) is var sum && divisor == 1 && sum < leastSum)
            {
                (best, leastSum) = (step, sum);
            }
        }

        return best;
    }

    private static uint ContinuedFractionSum(uint a, uint b, out uint divisor)
    {
        uint sum = 0;
        while (a != 0)
        {
            sum += b / a;
            (a, b) = (b % a, a);
        }

        divisor = b;
        return sum;
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

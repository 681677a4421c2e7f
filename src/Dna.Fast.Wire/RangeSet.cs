namespace Dna.Fast.Wire;

/// <summary>Which bytes of a value have come: disjoint ranges in ascending order, neighbours joined. One thread.</summary>
internal sealed class RangeSet
{
    /// <summary>
    /// Ranges at once. Fragments of 512 bytes and more of the largest value fit in any order; smaller ones fit when they come about in
    /// order.
    /// </summary>
    private const int RangesMax = 64;

    private readonly List<(int Start, int End)> _ranges = [];

    /// <summary>Bytes in the set.</summary>
    public int Covered { get; private set; }

    /// <summary>Adds a range.</summary>
    /// <returns><see cref="ReassemblyStatus.Waiting"/> when added, <see cref="ReassemblyStatus.Ignored"/> when a byte of it is there
    /// already, <see cref="ReassemblyStatus.Refused"/> when the value is in too many pieces.</returns>
    public ReassemblyStatus Add(int start, int end)
    {
        int next = 0;
        while (next < _ranges.Count && _ranges[next].Start < start) next++;
        bool overlaps = (next > 0 && _ranges[next - 1].End > start) || (next < _ranges.Count && _ranges[next].Start < end);
        if (overlaps) return ReassemblyStatus.Ignored;

        bool joinsLeft = next > 0 && _ranges[next - 1].End == start;
        bool joinsRight = next < _ranges.Count && _ranges[next].Start == end;
        if (!joinsLeft && !joinsRight)
        {
            if (_ranges.Count == RangesMax) return ReassemblyStatus.Refused;
            _ranges.Insert(next, (start, end));
        }
        else if (joinsLeft)
        {
            _ranges[next - 1] = (_ranges[next - 1].Start, joinsRight ? _ranges[next].End : end);
            if (joinsRight) _ranges.RemoveAt(next);
        }
        else
        {
            _ranges[next] = (start, _ranges[next].End);
        }

        Covered += end - start;
        return ReassemblyStatus.Waiting;
    }
}

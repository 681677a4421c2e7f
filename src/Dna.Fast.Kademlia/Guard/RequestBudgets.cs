using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>Counts requests by source prefix (one IPv4 address, one IPv6 /64) in fixed memory. Any thread; lock-free; allocates nothing.</summary>
/// <remarks>
/// Two rows of cells; a source has one cell in each, found by a keyed hash, and shares them with whoever hashes there (a count-min sketch). Its count is the smaller of
/// the two, so it is never too low, and too high only when both cells are shared. There is no table that could overflow and nothing to evict.
/// What spoofed sources can do: only accepted requests are counted, and a global limit G accepts G a second; so at any moment at most G / L cells of a row hold the limit
/// L of one source, 8 of 1,024 with the stock numbers, however many sources are made up. A given victim is locked out with a chance of (8 / 1,024)^2, about 1 in 16,000,
/// and without the key nobody can aim. (That such a flood uses up the global limit is the price of having one.)
/// </remarks>
internal sealed class RequestBudgets
{
    /// <summary>Cells in a row, a power of two: two rows of 64 KiB stay in the second-level cache of a core.</summary>
    private const int RowCells = 1024;

    private readonly ulong[] _words = new ulong[2 * RowCells * SlidingWindow.Words];
    private readonly SipHash _hash;

    /// <param name="seed">Secret of this process.</param>
    public RequestBudgets(ulong seed) => _hash = new SipHash(seed, ~seed);

    /// <summary>The two cells of a source, to be handed to <see cref="IsSpent"/> and <see cref="Add"/>.</summary>
    public (int First, int Second) CellsOf(in NodeAddress source)
    {
        // An IPv6 prefix of a single small number may equal an IPv4 address: they then share cells, like any two sources may.
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, source.IsV4 ? source.Low : source.High);
        ulong hash = _hash.Hash64(prefix);
        return ((int)(hash % RowCells), RowCells + (int)((hash >> 32) % RowCells));
    }

    /// <summary>True when the source's count is at the limit: when both cells are, so mostly one look suffices.</summary>
    public bool IsSpent((int First, int Second) cells, uint slot, int limit) =>
        SlidingWindow.Sum(Cell(cells.First), slot) >= limit && SlidingWindow.Sum(Cell(cells.Second), slot) >= limit;

    public void Add((int First, int Second) cells, uint slot)
    {
        SlidingWindow.Add(Cell(cells.First), slot);
        SlidingWindow.Add(Cell(cells.Second), slot);
    }

    private Span<ulong> Cell(int index) => _words.AsSpan(index * SlidingWindow.Words, SlidingWindow.Words);
}

using Dna.Fast.Kademlia.Guard;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Verifies a signature once: what was asked before is answered from a table of verdicts, right ones and wrong ones.</summary>
/// <remarks>
/// <para>Any thread, lock-free; allocates nothing when it remembers. A value is put again by its owner, by republishing nodes and by whoever wants to cost us time, and it
/// comes back with every get; a verification takes a hundred microseconds, three times that when the owner is new, a look here two or three.</para>
/// <para>The verdict is found under a keyed hash of owner, body and signature and their lengths: SipHash-2-4, 128 bits, under a key nobody else knows, so nobody can make a
/// wrong signature meet a right one's verdict. 65,536 verdicts of 16 bytes, one MiB, whatever strangers send; a new verdict takes the place of another.</para>
/// </remarks>
public sealed class RememberingVerifier : IValueVerifier
{
    /// <summary>Verdicts remembered: a minute of 1,000 signed puts a second.</summary>
    public const int VerdictsMax = 1 << 16;

    /// <summary>Places where one hash may lie; the one that is replaced is the hash's own choice.</summary>
    private const int Ways = 4;

    private const int Words = 2;

    private readonly IValueVerifier _inner;
    private readonly SipHash _hash;

    // Two words a verdict. The lowest bit of the second is the verdict, the next one says that there is one. Made with the first verdict: most clients never need it.
    private ulong[]? _table;
    private long _hits;
    private long _misses;

    /// <param name="random">For the key of the hash; used here only.</param>
    public RememberingVerifier(IValueVerifier inner, INodeRandom random)
    {
        _inner = inner;
        _hash = new SipHash(random.NextUInt64(), random.NextUInt64());
    }

    /// <summary>Verdicts given from memory.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Signatures verified.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <inheritdoc />
    public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        (ulong tag, ulong check) = Hash(ownerSpki, body, signature);
        int set = (int)(tag % (VerdictsMax / Ways)) * Ways;
        ulong[] table = Table();
        for (int way = 0; way < Ways; way++)
        {
            if (!IsAt(table, set + way, tag, check, out bool isRight)) continue;
            Interlocked.Increment(ref _hits);
            return isRight;
        }

        Interlocked.Increment(ref _misses);
        bool verdict = _inner.Verify(ownerSpki, body, signature);
        Keep(table, set, tag, check, verdict);
        return verdict;
    }

    /// <inheritdoc />
    public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => _inner.ReadCertificateKey(data);

    private ulong[] Table()
    {
        if (Volatile.Read(ref _table) is { } there) return there;
        ulong[] made = new ulong[VerdictsMax * Words];
        return Interlocked.CompareExchange(ref _table, made, null) ?? made;
    }

    // A reader between the two stores of a writer sees one verdict's first word and another's second: that looks like a verdict only if 64 hidden bits of two hashes agree.
    private static bool IsAt(ulong[] table, int place, ulong tag, ulong check, out bool isRight)
    {
        ulong second = Volatile.Read(ref table[place * Words + 1]);
        isRight = (second & 1) != 0;
        return second >> 1 == (check >> 1 | 1) && Volatile.Read(ref table[place * Words]) == tag;
    }

    private static void Keep(ulong[] table, int set, ulong tag, ulong check, bool verdict)
    {
        int place = set + (int)(check >> 62);
        for (int way = 0; way < Ways; way++)
        {
            if (Volatile.Read(ref table[(set + way) * Words + 1]) == 0) place = set + way;
        }

        Volatile.Write(ref table[place * Words + 1], 0);
        Volatile.Write(ref table[place * Words], tag);
        Volatile.Write(ref table[place * Words + 1], (check >> 1 | 1) << 1 | (verdict ? 1UL : 0));
    }

    private (ulong Tag, ulong Check) Hash(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        // The parts are hashed each for itself and their hashes together: no part's end can be taken for another's beginning, and nothing is copied.
        Span<byte> parts = stackalloc byte[3 * SipHash.WideBytes];
        _hash.Write128(owner, parts);
        _hash.Write128(body, parts[SipHash.WideBytes..]);
        _hash.Write128(signature, parts[(2 * SipHash.WideBytes)..]);
        Span<byte> whole = stackalloc byte[SipHash.WideBytes];
        _hash.Write128(parts, whole);
        return (BitConverter.ToUInt64(whole), BitConverter.ToUInt64(whole[8..]));
    }
}

using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Storage.Accounting;

/// <summary>How many bytes each source prefix occupies, in a fixed number of accounts.</summary>
/// <remarks>
/// Any thread. A stranger with many addresses cannot make it grow: prefixes are hashed into 16,384 accounts with a secret key, so who shares an account
/// with a heavy source is chance and not choice (1 in 16,384 for each heavy source). Entries are exact: what was added is what is subtracted.
/// </remarks>
internal sealed class SourceLedger(ulong key)
{
    /// <summary>Accounts: 128 KiB of counters.</summary>
    public const int Accounts = 1 << 14;

    /// <summary>The account of the store's own values, which is none.</summary>
    public const int NoAccount = -1;

    private readonly long[] _bytes = new long[Accounts];

    /// <summary>Key of the hash, to be kept with the counters.</summary>
    public ulong Key => key;

    public int AccountOf(in SourcePrefix prefix)
    {
        if (!prefix.IsCharged) return NoAccount;
        ulong high = Math.BigMul(prefix.Bits ^ key, 0x9E37_79B9_7F4A_7C15UL + 2 * (ulong)prefix.Family, out ulong low);
        high = Math.BigMul(high ^ low ^ (key >> 32 | key << 32), 0xD6E8_FEB8_6659_FD93, out low);
        return (int)((high ^ low) & (Accounts - 1));
    }

    public void Add(int account, long bytes)
    {
        if (account != NoAccount) Interlocked.Add(ref _bytes[account], bytes);
    }

    public long this[int account] => Interlocked.Read(ref _bytes[account]);

    /// <summary>The level to which the heaviest accounts must sink so that all together lose at least <paramref name="excess"/> bytes.</summary>
    /// <returns>0 when everything there is is not enough.</returns>
    public long WaterLevel(long excess)
    {
        long[] sorted = [.. _bytes.Where(static bytes => bytes > 0)];
        Array.Sort(sorted);
        long removed = 0;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            // All accounts above this one sink to its level or, when that is more than needed, to a level above it.
            int above = sorted.Length - i;
            long below = i > 0 ? sorted[i - 1] : 0;
            long step = (sorted[i] - below) * above;
            if (removed + step >= excess) return sorted[i] - (excess - removed + above - 1) / above;
            removed += step;
        }

        return 0;
    }
}

using System.Diagnostics;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net.Tests;

public sealed class SystemSourcesTests
{
    [Fact]
    public void Clock_is_monotonic_and_near_the_calendar()
    {
        Instant last = SystemClock.Instance.Now;
        for (int i = 0; i < 10_000; i++)
        {
            Instant now = SystemClock.Instance.Now;
            Assert.True(now.Ms >= last.Ms);
            last = now;
        }

        Assert.InRange(last.UnixMs, DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Clock_counts_milliseconds()
    {
        long before = SystemClock.Instance.Now.Ms;
        var watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < 30)
        {
        }

        Assert.InRange(SystemClock.Instance.Now.Ms - before, 30, 60_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    public void Random_fills_every_byte_at_every_place_of_its_block(int bytes)
    {
        var random = new SystemRandom();
        var changed = new bool[bytes];
        byte[] buffer = new byte[bytes];
        // A byte that stays 0 in 400 fills by chance: once in 256^400.
        for (int round = 0; round < 400; round++)
        {
            Array.Clear(buffer);
            random.Fill(buffer);
            for (int i = 0; i < bytes; i++) changed[i] |= buffer[i] != 0;
        }

        Assert.All(changed, Assert.True);
    }

    [Fact]
    public void Random_numbers_do_not_repeat()
    {
        SystemRandom one = new(), other = new();
        var seen = new HashSet<ulong>();
        // 20,000 of 2^64: a repetition by chance once in 10^11 runs.
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(seen.Add(one.NextUInt64()));
            Assert.True(seen.Add(other.NextUInt64()));
        }
    }

    [Fact]
    public void Random_sets_every_bit_about_half_the_time()
    {
        var random = new SystemRandom();
        const int Draws = 20_000;
        int[] ones = new int[64];
        for (int i = 0; i < Draws; i++)
        {
            ulong number = random.NextUInt64();
            for (int bit = 0; bit < 64; bit++) ones[bit] += (int)(number >> bit & 1);
        }

        // Standard deviation is 71; 1,000 is fourteen of them.
        Assert.All(ones, count => Assert.InRange(count, Draws / 2 - 1000, Draws / 2 + 1000));
    }
}

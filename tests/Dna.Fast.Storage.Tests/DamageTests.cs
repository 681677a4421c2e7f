using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;

namespace Dna.Fast.Storage.Tests;

/// <summary>Files that are not what was written: cut, or with other bytes.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Values = 400;
    private const int FirstEntry = 64;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private int Missing(FasterValueStore store, int values = Values)
    {
        int missing = 0;
        for (int i = 0; i < values; i++)
        {
            Collector collector = new();
            if (!store.ReadOne(Samples.KeyOf(i), (ulong)i + 1, _folder.Clock.NowUnixMs, collector)) missing++;
            else Assert.Equal(Samples.PackedOf(i), Assert.Single(collector.Seen).Packed);
        }

        return missing;
    }

    private void FillAndClose(int checkpoints = 0)
    {
        using FasterValueStore store = _folder.Open();
        Samples.Fill(store, _folder.Clock, Values);
        for (int i = 0; i < checkpoints; i++) Assert.True(store.Keeper.Checkpoint());
    }

    private static void Flip(string path, long offset)
    {
        using FileStream file = new(path, FileMode.Open);
        file.Position = offset;
        int was = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(was ^ 0x5A));
    }

    [Fact]
    public void A_log_cut_at_any_4_KiB_boundary_gives_everything_before_the_cut()
    {
        List<long> ends = [];
        using (FasterValueStore store = _folder.Open())
        {
            for (int i = 0; i < Values; i++)
            {
                PutResult put = store.Put(Samples.KeyOf(i), Samples.SlotOf(i, _folder.Clock), Samples.PackedOf(i), true, _folder.Clock.NowUnixMs, Policy.Replacing);
                ends.Add(put.Ticket + 4 + Log.WalEntry.HeaderBytes + Samples.PackedOf(i).Length);
            }
        }

        string log = Assert.Single(_folder.Files("wal"));
        byte[] whole = File.ReadAllBytes(log);
        for (int cut = 0; cut < whole.Length; cut += 4096)
        {
            foreach (string file in Directory.GetFiles(_folder.Path)) File.Delete(file);
            File.WriteAllBytes(log, whole[..cut]);
            using FasterValueStore store = _folder.Open();
            int before = ends.Count(end => end <= cut);
            Assert.Equal((before, 0, "ok"), (store.Statistics.Values, store.Statistics.Damaged, store.Statistics.Health));
            Assert.Equal(Values - before, Missing(store));
        }
    }

    [Fact]
    public void Pain_32_bad_bytes_in_a_log_cost_one_entry_each_and_are_set_aside()
    {
        FillAndClose();
        string log = Assert.Single(_folder.Files("wal"));
        long length = new FileInfo(log).Length;
        int flips = 0;
        for (long offset = FirstEntry + 10; offset < length - 200; offset += length / 7, flips++) Flip(log, offset);

        using FasterValueStore store = _folder.Open();
        Assert.Equal(flips, store.Statistics.Damaged);
        Assert.InRange(Missing(store), 1, flips);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_folder.Path, "damaged")));
    }

    [Fact]
    public void A_length_field_gone_wrong_does_not_cost_the_entries_behind_it()
    {
        FillAndClose();
        string log = Assert.Single(_folder.Files("wal"));
        using (FileStream file = new(log, FileMode.Open))
        {
            file.Position = FirstEntry;
            file.Write([0xFF, 0xFF, 0xFF, 0x7F]);
        }

        using FasterValueStore store = _folder.Open();
        Assert.Equal((1, 1), (Missing(store), store.Statistics.Damaged));
    }

    [Fact]
    public void An_entry_that_reached_the_disk_in_part_is_a_cut_and_one_with_a_bad_byte_is_damage()
    {
        byte[] packed = new byte[3000];
        Array.Fill(packed, (byte)7);
        using (FasterValueStore store = _folder.Open())
        {
            for (int i = 0; i < 4; i++)
            {
                store.Put(Samples.Key(i), new SlotInfo(1, 3, _folder.Clock.NowUnixMs, long.MaxValue, default), packed, true, _folder.Clock.NowUnixMs, Policy.Replacing);
            }
        }

        string log = Assert.Single(_folder.Files("wal"));
        byte[] whole = File.ReadAllBytes(log);
        int last = whole.AsSpan().LastIndexOfAnyExcept((byte)0);
        foreach ((bool torn, int values, int damaged) in new[] { (true, 3, 0), (false, 3, 1) })
        {
            byte[] bytes = [.. whole, .. new byte[Log.WriteAheadLog.GrowBytes - whole.Length]];
            if (torn) bytes.AsSpan((last - 1000) & -512).Clear();
            else bytes[last - 1000] ^= 0x5A;
            foreach (string file in Directory.GetFiles(_folder.Path)) File.Delete(file);
            File.WriteAllBytes(log, bytes);
            using FasterValueStore store = _folder.Open();
            Assert.Equal((values, damaged), (store.Statistics.Values, store.Statistics.Damaged));
        }
    }

    // Two entries of this size make a page, 64 a file: the damaged one is the last of its page, with only zeros behind it there.
    [Theory]
    [InlineData(2, true)]
    [InlineData(64, true)]
    [InlineData(2, false)]
    [InlineData(64, false)]
    public void A_last_entry_of_its_page_that_ends_in_zeros_is_damage_if_the_log_goes_on_and_a_cut_if_it_ends_there(int entries, bool goesOn)
    {
        byte[] packed = new byte[65_000];
        Array.Fill(packed, (byte)7);
        long end = 0;
        using (FasterValueStore store = _folder.Open())
        {
            for (int i = 0; i < entries + (goesOn ? 1 : 0); i++)
            {
                SlotInfo slot = new(1, 3, _folder.Clock.NowUnixMs, long.MaxValue, default);
                PutResult put = store.Put(Samples.Key(i), slot, packed, true, _folder.Clock.NowUnixMs, Policy.Replacing);
                if (i == entries) Assert.Equal(0, put.Ticket & ((1 << Log.WriteAheadLog.PageBits) - 1));
                else end = put.Ticket + 4 + Log.WalEntry.HeaderBytes + packed.Length;
            }
        }

        string log = _folder.Files("wal")[0];
        byte[] bytes = File.ReadAllBytes(log);
        bytes.AsSpan((int)(end - 1) & -512, 512 - (int)(-end & 511)).Clear();
        File.WriteAllBytes(log, bytes);
        using FasterValueStore again = _folder.Open();
        Assert.Equal((goesOn ? entries : entries - 1, goesOn ? 1 : 0), (again.Statistics.Values, again.Statistics.Damaged));
    }

    [Fact]
    public void A_length_that_became_a_larger_one_does_not_hide_the_entries_behind_it()
    {
        FillAndClose();
        string log = Assert.Single(_folder.Files("wal"));
        using (FileStream file = new(log, FileMode.Open))
        {
            file.SetLength(file.Length + Log.WriteAheadLog.GrowBytes);
            file.Position = FirstEntry;
            file.Write(BitConverter.GetBytes(Log.WalEntry.BytesMax - 1));
        }

        using FasterValueStore store = _folder.Open();
        Assert.Equal((1, 1), (Missing(store), store.Statistics.Damaged));
    }

    [Theory]
    [InlineData(".state")]
    [InlineData(".index")]
    public void A_damaged_checkpoint_is_replaced_by_the_one_before(string which)
    {
        FillAndClose(checkpoints: 2);
        Flip(_folder.Files("checkpoint").Last(file => file.EndsWith(which, StringComparison.Ordinal)), 200);
        using FasterValueStore store = _folder.Open();
        Assert.Equal((0, 1), (Missing(store), store.Statistics.Damaged));
        Samples.Check(store, _folder.Clock, Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_any_sound_checkpoint_everything_is_rebuilt_from_the_logs(int checkpoints)
    {
        FillAndClose(checkpoints);
        using (FasterValueStore store = _folder.Open()) Samples.Put(store, 1, 4711, [1], _folder.Clock.NowUnixMs, long.MaxValue);
        foreach (string file in _folder.Files("checkpoint").Where(static file => file.EndsWith(".state", StringComparison.Ordinal))) Flip(file, 20);
        for (int round = 0; round < 3; round++)
        {
            using FasterValueStore store = _folder.Open();
            Assert.Equal(0, Missing(store));
            Assert.Equal(Values + 1, store.Statistics.Values);
            if (round == 1) store.Keeper.RunOnce();
        }
    }

    [Fact]
    public void A_bad_byte_in_the_value_log_costs_its_value_and_is_found_when_it_is_read()
    {
        using (FasterValueStore store = _folder.Open())
        {
            // Enough to push the first pages out of memory, and checkpoints that make the write-ahead log go.
            Samples.Fill(store, _folder.Clock, 4_000);
            for (int i = 0; i < 2; i++) Assert.True(store.Keeper.Checkpoint());
            Samples.Put(store, 1, 99_999, [1], _folder.Clock.NowUnixMs, long.MaxValue);
            for (int i = 0; i < 2; i++) Assert.True(store.Keeper.Checkpoint());
        }

        string log = _folder.Files("values")[0];
        Flip(log, 20_000);
        Flip(log, 60_000);
        using (FasterValueStore store = _folder.Open())
        {
            int missing = Missing(store, 4_000);
            Assert.InRange(missing, 1, 12);
            Assert.Equal(2, store.Statistics.Damaged);
            Assert.Contains("2 damaged records", store.Statistics.Health, StringComparison.Ordinal);
            Missing(store, 4_000);
            Assert.Equal(2, store.Statistics.Damaged);
        }

        using FasterValueStore rebuilt = _folder.Open();
        int lost = Missing(rebuilt, 4_000);
        Assert.InRange(lost, 1, 2);
        Assert.Equal((4_001 - lost, "ok"), (rebuilt.Statistics.Values, rebuilt.Statistics.Health));
        rebuilt.Keeper.RunOnce();
        rebuilt.Dispose();
        using FasterValueStore after = _folder.Open();
        Assert.Equal((4_001 - lost, 0, "ok"), (after.Statistics.Values, after.Statistics.Damaged, after.Statistics.Health));
        Assert.Equal(lost, Missing(after, 4_000));
    }

    [Fact]
    public void Garbage_in_place_of_whole_pages_never_ends_the_process()
    {
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Fill(store, _folder.Clock, 4_000);
            for (int i = 0; i < 2; i++) Assert.True(store.Keeper.Checkpoint());
        }

        foreach (string file in _folder.Files("values"))
        {
            byte[] bytes = File.ReadAllBytes(file);
            Random random = new(5);
            for (int page = 0; page + 4096 <= bytes.Length; page += 4096)
            {
                if (random.Next(4) == 0) random.NextBytes(bytes.AsSpan(page, 4096));
            }

            File.WriteAllBytes(file, bytes);
        }

        foreach (string file in _folder.Files("wal")) File.Delete(file);
        for (int round = 0; round < 2; round++)
        {
            using FasterValueStore store = _folder.Open();
            Assert.InRange(Missing(store, 4_000), 1, 3_900);
            store.Keeper.Sweep();
            Assert.True(store.Statistics.Damaged > 0);
        }
    }
}

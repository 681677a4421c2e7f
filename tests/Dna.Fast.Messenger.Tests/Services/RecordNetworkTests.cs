using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class RecordNetworkTests : ServiceTests
{
    private static readonly InfoHash Key = InfoHash.OfKey("a key");

    [Fact]
    public async Task A_stranger_on_every_slot_that_can_be_known_keeps_nobody_out()
    {
        foreach (ulong id in (ulong[])[1, Alice.Network.OwnerValueId]) await Bob.Network.PutAsync(Key, id, 0x1002, new byte[] { 9 }, Bob.Network.Within(Deadline), default);
        for (byte i = 1; i <= 3; i++) Assert.True((await Alice.Network.PutOwnAsync(Key, 0x1002, new[] { i }, Alice.Network.Within(Deadline), default)).IsSuccess);
        // One slot, three versions: the random id was found again.
        FakeSlot own = Assert.Single(Network.At(Key), slot => slot.Owner.AsSpan().SequenceEqual(Alice.Dht.OwnerKey.Span));
        Assert.Equal(3, own.Versions.Count);
        Assert.Equal([3], own.Newest.Data);
    }

    [Fact]
    public async Task A_chunked_record_is_whole_though_a_stranger_sits_on_the_slot_of_one_chunk()
    {
        byte[] record = System.Security.Cryptography.RandomNumberGenerator.GetBytes(100_000);
        await Bob.Network.PutAsync(DnaKeys.Chunk("base", 1), Alice.Network.OwnerValueId, 0x1002, new byte[] { 9 }, Bob.Network.Within(Deadline), default);
        Assert.True((await Alice.Chunks.WriteAsync("base", 0x1002, record, Deadline)).IsSuccess);
        Assert.Equal(record, (await Bob.Chunks.ReadAllAsync("base", 1_000_000, Deadline)).Value!.Single().Data.ToArray());
    }

    [Fact]
    public async Task A_change_that_nodes_acknowledge_and_do_not_take_lies_beside_the_old_version()
    {
        Network.KeepsFirst = true;
        for (byte i = 1; i <= 4; i++) Assert.True((await Alice.Network.PutOwnAsync(Key, 0x1002, new[] { i }, Alice.Network.Within(Deadline), default)).IsSuccess);
        FakeSlot[] slots = [.. Network.At(Key).OrderBy(slot => slot.Newest.Data[0])];
        // However many changes: the version that stays, and one slot of user data, which is changed.
        Assert.Equal([((ushort)0x1002, (byte)1), ((ushort)0, (byte)4)], slots.Select(slot => (slot.Newest.Type, slot.Newest.Data[0])));
        Assert.Equal(3, slots[1].Versions.Count);
    }

    [Fact]
    public async Task Nodes_that_take_a_change_are_not_asked_again_whether_they_do()
    {
        await Alice.Network.PutOwnAsync(Key, 0x1002, new byte[] { 1 }, Alice.Network.Within(Deadline), default);
        await Alice.Network.PutOwnAsync(Key, 0x1002, new byte[] { 2 }, Alice.Network.Within(Deadline), default);
        Assert.Equal([2], Assert.Single(Network.At(Key)).Newest.Data);
        int asked = Network.Gets;
        await Alice.Network.PutOwnAsync(Key, 0x1002, new byte[] { 3 }, Alice.Network.Within(Deadline), default);
        Assert.Equal(asked, Network.Gets);
        Assert.Equal([3], Assert.Single(Network.At(Key)).Newest.Data);
    }

    [Fact]
    public async Task A_chunked_record_is_read_as_it_was_written_last_where_nodes_keep_first_versions()
    {
        Network.KeepsFirst = true;
        for (int i = 1; i <= 3; i++)
        {
            byte[] record = System.Security.Cryptography.RandomNumberGenerator.GetBytes(100_000 + i);
            Assert.True((await Alice.Chunks.WriteAsync("base", 0x1002, record, Deadline)).IsSuccess);
            Answer<IReadOnlyList<ChunkedValue>> read = await Bob.Chunks.ReadAllAsync("base", 1_000_000, Deadline);
            Assert.Contains(read.Value!, value => value.Data.Span.SequenceEqual(record));
            Assert.Equal(record, (await Alice.Chunks.ReadOwnAsync("base", 1_000_000, Alice.Network.Within(Deadline), default)).Value.ToArray());
        }
    }

    [Fact]
    public async Task What_is_too_large_is_an_error_before_anything_is_sent()
    {
        RecordPut put = await Alice.Network.PutOwnAsync(Key, 0x1002, new byte[RecordLimits.ValueDataBytesMax + 1], Alice.Network.Within(Deadline), default);
        Assert.Equal(ResultCode.OutOfMemory, put.Report.Code);
        Assert.Equal((0, 0), (Network.Gets, Network.Puts));
    }

    [Fact]
    public async Task The_oldest_announcement_makes_room_and_a_stopped_client_announces_nothing()
    {
        for (int i = 0; i < RecordNetwork.AnnouncedMax + 5; i++)
            await Alice.Network.PutOwnAsync(InfoHash.OfKey($"key {i}"), 0x1002, new byte[] { 1 }, Alice.Network.Within(Deadline), default);
        Assert.Equal(RecordNetwork.AnnouncedMax, Alice.Dht.Announced);
        Alice.Network.Dispose();
        Assert.Equal(0, Alice.Dht.Announced);
        await Alice.Network.PutOwnAsync(Key, 0x1002, new byte[] { 1 }, Alice.Network.Within(Deadline), default);
        Assert.Equal(0, Alice.Dht.Announced);
    }
}

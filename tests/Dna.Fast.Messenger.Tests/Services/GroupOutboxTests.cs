using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class GroupOutboxTests : ServiceTests
{
    private static readonly byte[] First = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] Second = [.. Enumerable.Repeat((byte)2, 32)];

    private static readonly Dictionary<uint, ReadOnlyMemory<byte>> Keys = new() { [1] = First, [2] = Second };

    [Fact]
    public async Task Members_read_what_members_sent_in_order_over_days_parts_and_rotated_keys()
    {
        Group group = await GroupAsync();
        var sent = new List<string>();
        for (int i = 0; i < 40; i++)
        {
            TestClient sender = i % 3 == 0 ? Bob : Alice;
            bool isNew = i >= 20;
            sent.Add($"message {i}");
            Assert.True((await sender.GroupOutbox.SendAsync(sender.Keys, group.Uuid, isNew ? 2U : 1U, isNew ? Second : First, sent[^1], Deadline)).IsSuccess);
            Time.Advance(i == 30 ? TimeSpan.FromDays(1) : TimeSpan.FromMilliseconds(10));
        }

        GroupTexts texts = await Bob.GroupOutbox.ReadAsync(group, Keys, days: 1, Deadline);
        Assert.Equal(sent, texts.Texts.Select(text => text.Text));
        Assert.Equal((0, true), (texts.Unopened, texts.IsComplete));
        Assert.Equal(9, (await Bob.GroupOutbox.ReadAsync(group, Keys, days: 0, Deadline)).Texts.Count);
        texts = await Bob.GroupOutbox.ReadAsync(group, new Dictionary<uint, ReadOnlyMemory<byte>> { [1] = First }, days: 1, Deadline);
        Assert.Equal((20, 20), (texts.Texts.Count, texts.Unopened));
    }

    [Fact]
    public async Task Messages_sent_within_one_millisecond_and_by_a_client_that_starts_anew_all_arrive()
    {
        Group group = await GroupAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, $"{i:d2}", Deadline)));
        Assert.True((await Again(Alice, owner: 1).GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "20", Deadline)).IsSuccess);
        Assert.Equal(Enumerable.Range(0, 21).Select(i => $"{i:d2}"), (await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts.Select(text => text.Text).Order());
    }

    [Fact]
    public async Task A_stranger_is_not_read_though_it_has_the_key()
    {
        Group group = await GroupAsync();
        await Carol.Keyserver.PublishAsync(Carol.Keys, null, Deadline);
        Assert.True((await Carol.GroupOutbox.SendAsync(Carol.Keys, group.Uuid, 1, First, "spam", Deadline)).IsSuccess);
        GroupMessage disguised = GroupMessage.Seal(Carol.Keys, group.Uuid, 1, First, "spam", 5)! with { Sender = Alice.Keys.Fingerprint };
        await Again(Carol, owner: 7).Chunks.WriteAsync(
            ChunkBases.GroupOutbox(group.Uuid, DnaKeys.DayOf(Alice.Network.Now)), 0x1001, GroupMessageCodec.Write(Alice.Keys.Fingerprint, group.Uuid, [disguised]), Deadline);
        Assert.Empty((await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts);
    }

    [Fact]
    public async Task When_todays_messages_cannot_be_read_nothing_is_sent_and_a_reader_says_that_there_may_be_more()
    {
        Group group = await GroupAsync();
        await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "one", Deadline);
        int puts = Network.Puts;
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Again(Alice, owner: 1).GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "two", Deadline)).Code);
        Assert.False((await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).IsComplete);
        Network.IsUnreachable = false;
        Assert.Equal(puts, Network.Puts);
        Assert.Equal(ResultCode.InvalidParameter, (await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "", Deadline)).Code);
    }

    [Fact]
    public async Task A_sender_whose_key_cannot_be_reached_now_has_not_been_read()
    {
        Group group = await GroupAsync();
        Assert.True((await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "one", Deadline)).IsSuccess);
        Network.UnreachableKeys.Add(DnaKeys.PublicKeys(Alice.Keys.Fingerprint));
        GroupTexts texts = await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline);
        Assert.Equal((0, 1, false), (texts.Texts.Count, texts.Unopened, texts.IsComplete));
        Network.UnreachableKeys.Clear();
        Assert.Equal("one", Assert.Single((await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts).Text);
    }

    [Fact]
    public async Task A_strangers_broken_chunk_under_a_groups_day_leaves_the_day_known()
    {
        Group group = await GroupAsync();
        byte[] junk = ChunkCodec.Write(new Chunk(2, 0, 100, new byte[32], new byte[10]));
        Network.Put(DnaKeys.Chunk(ChunkBases.GroupOutbox(group.Uuid, DnaKeys.DayOf(Alice.Network.Now) + 1), 0), [9, 9], new NewSecureValue { Id = 1, Type = 0x1001, Data = junk });
        Task<GroupTexts> reading = Bob.GroupOutbox.ReadAsync(group, Keys, 0, TestClient.NoDeadline);
        await TestClient.PassTimeUntilAsync(reading, Time);
        Assert.True((await reading).IsComplete);
    }

    [Fact]
    public async Task Two_devices_of_one_owner_that_send_in_turn_erase_none_of_each_others_messages()
    {
        Group group = await GroupAsync();
        TestClient phone = Again(Alice, owner: 1);
        // Over the end of the first part; both began the day before the other one wrote.
        for (int i = 0; i < 20; i++) Assert.True((await (i % 3 == 1 ? phone : Alice).GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, $"{i:d2}", Deadline)).IsSuccess);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:d2}"), (await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts.Select(text => text.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_device_that_sends_while_another_is_writing_loses_nothing_and_takes_nothing(int chunk)
    {
        Group group = await GroupAsync();
        TestClient phone = Again(Alice, owner: 1);
        // Random text does not compress: the record has three chunks.
        string[] sent = [.. Enumerable.Range(0, 14).Select(_ => Convert.ToHexString(RandomNumberGenerator.GetBytes(4096)))];
        foreach (string text in sent[..12]) Assert.True((await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, text, Deadline)).IsSuccess);
        string part = GroupOutbox.PartBase(group.Uuid, DnaKeys.DayOf(Alice.Network.Now), 0);
        Assert.NotEmpty(Network.At(DnaKeys.Chunk(part, 2)));
        Task<PutReport>? others = null;
        Network.BeforePut = key =>
        {
            if (key != DnaKeys.Chunk(part, chunk)) return;
            Network.BeforePut = null;
            others = phone.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, sent[12], TestClient.NoDeadline);
            if (chunk == 2) Assert.True(others.Wait(TimeSpan.FromSeconds(60)));
        };
        Task<PutReport> ours = Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, sent[13], TestClient.NoDeadline);
        Assert.True((await WithinTheDayAsync(ours)).IsSuccess);
        Assert.True((await WithinTheDayAsync(others!)).IsSuccess);
        Assert.Equal(sent.Order(), (await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts.Select(text => text.Text).Order());
    }

    [Fact]
    public async Task A_device_that_never_gets_its_turn_says_so_and_erases_nothing()
    {
        Group group = await GroupAsync();
        TestClient phone = Again(Alice, owner: 1);
        var key = DnaKeys.Chunk(GroupOutbox.PartBase(group.Uuid, DnaKeys.DayOf(Alice.Network.Now), 0), 0);
        var sent = new List<string>();
        void PhoneIsFirst(Wire.InfoHash to)
        {
            if (to != key) return;
            Network.BeforePut = null;
            sent.Add($"phone {sent.Count}");
            Assert.True(phone.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, sent[^1], Deadline).Result.IsSuccess);
            Network.BeforePut = PhoneIsFirst;
        }

        Network.BeforePut = PhoneIsFirst;
        Assert.Equal(ResultCode.NetworkError, (await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "laptop", Deadline)).Code);
        Network.BeforePut = null;
        Assert.Equal(sent, (await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts.Select(text => text.Text));
    }

    [Fact]
    public async Task A_write_that_another_device_left_half_way_is_mended_and_costs_no_earlier_message()
    {
        Group group = await GroupAsync();
        Assert.True((await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, "one", Deadline)).IsSuccess);
        // Later chunks of a longer version, whose first one was never written.
        string part = GroupOutbox.PartBase(group.Uuid, DnaKeys.DayOf(Alice.Network.Now), 0);
        var left = new NewSecureValue { Id = Alice.Network.OwnerValueId, Type = 0x1001, Data = ChunkCodec.Write(new Chunk(3, 1, 100_000, default, new byte[10])) };
        for (int i = 0; i < 3; i++) Network.Put(DnaKeys.Chunk(part, 1), [1, 1, 2, 3], left);
        string[] texts = ["one", .. Enumerable.Range(0, 12).Select(_ => Convert.ToHexString(RandomNumberGenerator.GetBytes(4096)))];
        foreach (string text in texts[1..]) Assert.True((await Alice.GroupOutbox.SendAsync(Alice.Keys, group.Uuid, 1, First, text, Deadline)).IsSuccess);
        Assert.Equal(texts, (await Bob.GroupOutbox.ReadAsync(group, Keys, 0, Deadline)).Texts.Select(text => text.Text));
    }

    /// <summary>Lets time pass in steps so small that the day, of which eight hours are left, does not end within the minute that is the limit.</summary>
    private async Task<PutReport> WithinTheDayAsync(Task<PutReport> sending)
    {
        for (long start = Environment.TickCount64; !sending.IsCompleted && Environment.TickCount64 - start < 60_000;)
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.True(sending.IsCompleted);
        return await sending;
    }

    private async Task<Group> GroupAsync()
    {
        foreach (TestClient client in (TestClient[])[Alice, Bob]) await client.Keyserver.PublishAsync(client.Keys, null, Deadline);
        return (await Alice.Groups.CreateAsync(Alice.Keys, Guid.NewGuid(), "Group", "", [Bob.Keys.Fingerprint], Deadline)).Value!;
    }
}

using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Outbox;

public sealed class OfflineQueueTests
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    // What a short text of the messenger suite for two readers comes to.
    private const int UsualBytes = 10_514;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly TestClient _alice;
    private readonly TestClient _bob;

    public OfflineQueueTests()
    {
        _alice = new TestClient(_network, Users.Fast(1), owner: 1, _time);
        _bob = new TestClient(_network, Users.Fast(2), owner: 2, _time);
    }

    private string Alice => _alice.Keys.Fingerprint;

    private string Bob => _bob.Keys.Fingerprint;

    [Fact]
    public async Task The_originals_messages_are_received_and_open()
    {
        var bob = new TestClient(_network, Users.Bob, owner: 3, _time);
        _network.PutUnsigned(DnaKeys.Outbox(Users.AliceFingerprint, Users.BobFingerprint), Users.Fixture("outbox.0"));
        InboxReport report = await bob.Inbox.RetrieveAsync(Users.BobFingerprint, [Users.AliceFingerprint.ToUpperInvariant()], InboxDepth.Full, Deadline);
        Assert.Equal(2, report.Messages.Count);
        Assert.Empty(report.Unknown);
        Assert.Equal(OpenStatus.Ok, Users.Bob.Open(report.Messages[1].Envelope.Span, out byte[]? plaintext, out _));
        Assert.Equal("offline message number two"u8.ToArray(), plaintext);
    }

    [Fact]
    public async Task Two_hundred_messages_wait_and_are_delivered_once_and_in_order()
    {
        List<byte[]> sent = [];
        for (int i = 0; i < 200; i++)
        {
            sent.Add(RandomNumberGenerator.GetBytes(UsualBytes));
            Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, sent[^1], Deadline)).IsSuccess);
            if (i % 10 == 0) _time.Advance(TimeSpan.FromSeconds(1));
        }

        InboxReport report = await _bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Recent, Deadline);
        Assert.Equal(sent, report.Messages.Select(message => message.Envelope.ToArray()));
        Assert.True((await _bob.Inbox.ConfirmAsync(_bob.Keys, report.Messages, Deadline)).IsSuccess);
        Assert.Empty((await _bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages);
    }

    [Fact]
    public async Task Pain_27_messages_sent_at_the_same_time_all_arrive()
    {
        byte[][] sent = [.. Enumerable.Range(0, 30).Select(i => RandomNumberGenerator.GetBytes(100 + i))];
        PutReport[] reports = await Task.WhenAll(sent.Select(envelope => _alice.Queue.QueueAsync(_alice.Keys, Bob, envelope, Deadline)));
        Assert.All(reports, report => Assert.True(report.IsSuccess));
        Assert.Equal(sent.Select(Convert.ToHexString).Order(), (await EnvelopesAsync()).Select(Convert.ToHexString).Order());
    }

    [Fact]
    public async Task Pain_28_queueing_a_message_again_adds_nothing()
    {
        byte[] small = RandomNumberGenerator.GetBytes(100), big = RandomNumberGenerator.GetBytes(60_000), overflowing = RandomNumberGenerator.GetBytes(5_000);
        foreach (byte[] envelope in (byte[][])[small, small, big, overflowing, overflowing, small]) Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, envelope, Deadline)).IsSuccess);
        Assert.Equal([small, big, overflowing], await EnvelopesAsync());
    }

    [Fact]
    public async Task A_strangers_broken_chunk_makes_nobody_unreachable_and_hides_no_later_part()
    {
        // Says that there are two, and there is one: under each day, and in place of the first part of today.
        byte[] junk = ChunkCodec.Write(new Chunk(2, 0, 100, new byte[32], new byte[10]));
        ulong today = DnaKeys.DayOf(_alice.Network.Now);
        var first = new OfflineMessage(_alice.Network.Now, _alice.Network.Now + 1000, Alice, Bob, new byte[] { 5 }, 17);
        for (ulong day = today - 6; day <= today + 1; day++) _network.Put(DnaKeys.Chunk(ChunkBases.OutboxDay(Alice, Bob, day), 0), [9, 9], new NewSecureValue { Id = 1, Type = 0x1001, Data = junk });
        Assert.True((await _alice.Chunks.WriteAsync(OutboxPlace.Plain(Alice, Bob).PartBase(today, 1), 0x1001, OutboxCodec.Write([first]), Deadline)).IsSuccess);
        Task<InboxReport> reading = _bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, TestClient.NoDeadline);
        await TestClient.PassTimeUntilAsync(reading, _time);
        Assert.Empty((await reading).Unknown);
        Assert.Equal([5], Assert.Single((await reading).Messages).Envelope.ToArray());
    }

    [Fact]
    public async Task A_message_that_was_not_confirmed_is_handed_out_again()
    {
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        Assert.Single(await EnvelopesAsync());
        Assert.Single(await EnvelopesAsync());
    }

    [Fact]
    public async Task Confirmed_messages_leave_the_outbox_and_make_room()
    {
        byte[] big = RandomNumberGenerator.GetBytes(60_000), next = RandomNumberGenerator.GetBytes(60_000);
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, big, Deadline);
        await _bob.Inbox.ConfirmAsync(_bob.Keys, (await _bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Recent, Deadline)).Messages, Deadline);
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, next, Deadline);
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(_network.At(DnaKeys.Outbox(Alice, Bob)).Single().Newest.Data, out List<OfflineMessage> messages));
        Assert.Equal(next, messages.Single().Envelope.ToArray());
        Answer<DeliveryAcknowledgement> told = await _alice.Queue.AcknowledgementAsync(Alice, Bob, Deadline);
        Assert.Equal([MessageDigest.Of(big)], told.Value!.Delivered);
        await _bob.Inbox.ConfirmAsync(_bob.Keys, (await _bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Recent, Deadline)).Messages, Deadline);
        Assert.True((await _alice.Queue.PruneAsync(_alice.Keys, Bob, Deadline)).IsSuccess);
        Assert.Equal(new byte[4], _network.At(DnaKeys.Outbox(Alice, Bob)).Single().Newest.Data);
    }

    [Fact]
    public async Task Pain_29_nobody_but_the_recipient_confirms_and_a_time_alone_confirms_nothing()
    {
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        var key = DnaKeys.Acknowledgement(Bob, Alice);
        _network.PutUnsigned(key, new ByteWriter().UInt64(ulong.MaxValue).ToArray());
        _network.PutUnsigned(key, AcknowledgementCodec.Sign(Users.Fast(3), Alice, ulong.MaxValue, [MessageDigest.Of([1])]));
        Assert.Equal(ResultCode.NotFound, (await _alice.Queue.AcknowledgementAsync(Alice, Bob, Deadline)).Code);
        Assert.True((await _alice.Queue.PruneAsync(_alice.Keys, Bob, Deadline)).IsSuccess);
        Assert.Single(await EnvelopesAsync());
    }

    [Fact]
    public async Task Expired_messages_are_neither_delivered_nor_kept()
    {
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        _time.Advance(TimeSpan.FromDays(7));
        Assert.Empty(await EnvelopesAsync());
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline);
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(_network.At(DnaKeys.Outbox(Alice, Bob)).Single().Newest.Data, out List<OfflineMessage> messages));
        Assert.Equal([2], messages.Single().Envelope.ToArray());
    }

    [Fact]
    public async Task A_client_that_starts_anew_appends_to_what_it_left()
    {
        byte[][] sent = [.. Enumerable.Range(0, 12).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        foreach (byte[] envelope in sent)
        {
            var again = new TestClient(_network, _alice.Keys, owner: 1, _time);
            Assert.True((await again.Queue.QueueAsync(_alice.Keys, Bob, envelope, Deadline)).IsSuccess);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(sent, await EnvelopesAsync());
    }

    [Fact]
    public async Task When_the_outbox_cannot_be_read_nothing_is_written_and_the_call_may_be_repeated()
    {
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        var again = new TestClient(_network, _alice.Keys, owner: 1, _time);
        _network.IsUnreachable = true;
        Assert.Equal(PutReport.No(ResultCode.NetworkError), await again.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline));
        _network.IsUnreachable = false;
        _network.IsLate = true;
        Assert.Equal(ResultCode.Timeout, (await again.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline)).Code);
        _network.IsLate = false;
        Assert.Equal(1, _network.Puts);
        Assert.True((await again.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline)).IsSuccess);
        Assert.Equal([[1], [2]], await EnvelopesAsync());
    }

    [Fact]
    public async Task An_old_answer_loses_no_message()
    {
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline);
        _network.IsStale = true;
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 3 }, Deadline);
        _network.IsStale = false;
        Assert.Equal([[1], [2], [3]], await EnvelopesAsync());
    }

    [Fact]
    public async Task Two_devices_of_one_user_keep_each_others_messages()
    {
        var phone = new TestClient(_network, _alice.Keys, owner: 1, _time);
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        await phone.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline);
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 3 }, Deadline);
        Assert.Equal([[1], [2], [3]], await EnvelopesAsync());
    }

    [Fact]
    public async Task Another_owners_outbox_under_the_same_key_hides_nothing_and_takes_no_slot()
    {
        // A thief was first: id 1 is the thief's on every node.
        var thief = new TestClient(_network, Users.Fast(9), owner: 9, _time);
        await thief.Dht.PutSignedAsync(DnaKeys.Outbox(Alice, Bob), new NewSecureValue { Id = 1, Type = 0x1001, Data = new byte[] { 9, 9 } }, Deadline);
        Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline)).IsSuccess);
        Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 2 }, Deadline)).IsSuccess);
        Assert.Equal([[1], [2]], await EnvelopesAsync());
    }

    [Fact]
    public async Task Messages_for_others_and_of_others_under_our_key_are_left_out()
    {
        OfflineMessage[] foreign =
        [
            new(_alice.Network.Now, ulong.MaxValue, Bob, Alice, new byte[] { 1 }),
            new(_alice.Network.Now, ulong.MaxValue, Alice, Users.BobFingerprint, new byte[] { 2 }),
            new(_alice.Network.Now, ulong.MaxValue, Alice, Bob, new byte[] { 3 }),
        ];
        _network.PutUnsigned(DnaKeys.Outbox(Alice, Bob), OutboxCodec.Write(foreign));
        Assert.Equal([[3]], await EnvelopesAsync());
    }

    [Fact]
    public async Task A_bucket_of_ours_that_somebody_carried_to_another_recipients_key_is_not_sent_on()
    {
        byte[] full = OutboxCodec.Write([.. Enumerable.Range(0, OutboxLimits.PartMax).Select(
            i => new OfflineMessage(_alice.Network.Now, _alice.Network.Now + 99, Alice, Users.BobFingerprint, new byte[] { (byte)i }, (ulong)i))]);
        ulong today = DnaKeys.DayOf(_alice.Network.Now);
        // What we sign says nothing of the key it is for, so that this is what a carried value looks like.
        await _alice.Chunks.WriteAsync(ChunkBases.OutboxDay(Alice, Bob, today), 0x1001, full, Deadline);
        var again = new TestClient(_network, _alice.Keys, owner: 1, _time);
        for (int i = 0; i < 2; i++) Assert.True((await again.Queue.QueueAsync(_alice.Keys, Bob, RandomNumberGenerator.GetBytes(60_000), Deadline)).IsSuccess);
        byte[] written = (await _bob.Chunks.ReadAllAsync(ChunkBases.OutboxDay(Alice, Bob, today), 1_000_000, Deadline)).Value!.Single().Data.ToArray();
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(written, out List<OfflineMessage> messages));
        Assert.Equal((Bob, 60_000), messages.Select(message => (message.Recipient, message.Envelope.Length)).Single());
    }

    [Fact]
    public async Task A_full_day_is_an_error_of_its_own_and_the_next_day_has_room()
    {
        Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[63_000], Deadline)).IsSuccess);
        for (int i = 0; i < 500; i++)
        {
            byte[] envelope = new byte[2000];
            BitConverter.TryWriteBytes(envelope, i + 1);
            Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, envelope, Deadline)).IsSuccess);
        }

        Assert.Equal(ResultCode.OutOfMemory, (await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline)).Code);
        Assert.Equal(501, (await EnvelopesAsync()).Count);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.True((await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[2001], Deadline)).IsSuccess);
        Assert.Equal(502, (await EnvelopesAsync()).Count);
    }

    [Fact]
    public async Task What_cannot_be_queued_is_refused_before_anything_is_sent()
    {
        Assert.Equal(ResultCode.InvalidParameter, (await _alice.Queue.QueueAsync(_alice.Keys, "bob", new byte[] { 1 }, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await _alice.Queue.QueueAsync(_alice.Keys, Bob, default, Deadline)).Code);
        Assert.Equal(ResultCode.OutOfMemory, (await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[64_000], Deadline)).Code);
        Assert.Equal(0, _network.Gets);
    }

    [Fact]
    public async Task Senders_that_cannot_be_read_are_named_and_the_others_are_delivered()
    {
        var carol = new TestClient(_network, Users.Fast(3), owner: 4, _time);
        await _alice.Queue.QueueAsync(_alice.Keys, Bob, new byte[] { 1 }, Deadline);
        await carol.Queue.QueueAsync(carol.Keys, Bob, new byte[] { 2 }, Deadline);
        _network.UnreachableKeys.Add(DnaKeys.Outbox(Alice, Bob));
        InboxReport report = await _bob.Inbox.RetrieveAsync(Bob, [Alice, carol.Keys.Fingerprint, "no fingerprint"], InboxDepth.Recent, Deadline);
        Assert.Equal([Alice], report.Unknown);
        Assert.Equal([2], report.Messages.Single().Envelope.ToArray());
    }

    [Fact]
    public void A_delivery_log_is_bounded_and_forgets_the_oldest_first()
    {
        var log = new MemoryDeliveryLog();
        for (ulong i = 0; i <= MemoryDeliveryLog.SenderMax; i++) log.Add("a", new MessageDigest(i), timestamp: i, expiry: ulong.MaxValue, now: i);
        Assert.False(log.Contains("a", new MessageDigest(0)));
        Assert.True(log.Contains("a", new MessageDigest(MemoryDeliveryLog.SenderMax)));
        (IReadOnlyList<MessageDigest> messages, ulong newest) = log.DeliveredFrom("a", 3);
        Assert.Equal([new MessageDigest(5000), new MessageDigest(4999), new MessageDigest(4998)], messages);
        Assert.Equal(5000UL, newest);
        Assert.False(log.Contains("b", new MessageDigest(5000)));
    }

    private async Task<List<byte[]>> EnvelopesAsync()
    {
        InboxReport report = await _bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        Assert.Empty(report.Unknown);
        return [.. report.Messages.Select(message => message.Envelope.ToArray())];
    }
}

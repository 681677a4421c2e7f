using System.Buffers.Binary;
using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Outbox;

public sealed class OutboxCodecTests
{
    [Fact]
    public void The_originals_outbox_is_read_opens_and_is_written_again_byte_for_byte()
    {
        byte[] data = Users.Fixture("outbox.0");
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(data, out List<OfflineMessage> messages));
        string[] texts = ["offline message number one", "offline message number two"];
        Assert.Equal(texts.Length, messages.Count);
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal((Users.AliceFingerprint, Users.BobFingerprint), (messages[i].Sender, messages[i].Recipient));
            Assert.Equal(messages[i].Timestamp + RecordLimits.WeekSeconds, messages[i].Expiry);
            Assert.Null(messages[i].Seq);
            Assert.Equal(OpenStatus.Ok, Users.Bob.Open(messages[i].Envelope.Span, out byte[]? plaintext, out _));
            Assert.Equal(texts[i], Encoding.UTF8.GetString(plaintext!));
        }

        Assert.Equal(data, OutboxCodec.Write(messages));
        Assert.Equal(data.Length, OutboxCodec.SizeOf(messages));
    }

    [Fact]
    public void Messages_with_a_number_are_written_in_version_2()
    {
        OfflineMessage[] messages = [new(5, 6, "a", "b", new byte[] { 1 }, 0x0102), new(7, 8, "a", "b", new byte[] { 2, 3 })];
        byte[] data = OutboxCodec.Write(messages);
        Assert.Equal(OutboxCodec.SizeOf(messages), data.Length);
        Assert.Equal((byte)2, data[8]);
        Assert.Equal(0x0102UL, BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(9)));
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(data, out List<OfflineMessage> read));
        Assert.Equal([0x0102UL, null], read.Select(message => message.Seq));
        Assert.Equal(messages[1].Envelope.ToArray(), read[1].Envelope.ToArray());
    }

    [Fact]
    public void An_empty_list_is_four_zero_bytes()
    {
        Assert.Equal(new byte[4], OutboxCodec.Write([]));
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(new byte[4], out List<OfflineMessage> messages));
        Assert.Empty(messages);
    }

    [Fact]
    public void A_count_the_bytes_cannot_hold_is_refused_before_anything_is_allocated()
    {
        byte[] data = Users.Fixture("outbox.0");
        BinaryPrimitives.WriteUInt32BigEndian(data, 9_999);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(RecordStatus.Malformed, OutboxCodec.Read(data, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        BinaryPrimitives.WriteUInt32BigEndian(data, uint.MaxValue);
        Assert.Equal(RecordStatus.TooLarge, OutboxCodec.Read(data, out _));
    }

    [Theory]
    [InlineData(4, RecordStatus.Malformed)]
    [InlineData(8, RecordStatus.UnknownVersion)]
    [InlineData(25, RecordStatus.Malformed)]
    public void A_wrong_mark_version_or_length_refuses_the_list(int at, RecordStatus status)
    {
        byte[] data = Users.Fixture("outbox.0");
        data[at] = 0xFF;
        Assert.Equal(status, OutboxCodec.Read(data, out List<OfflineMessage> messages));
        Assert.Empty(messages);
    }

    [Fact]
    public void A_sender_that_is_no_text_refuses_the_list()
    {
        var message = new OfflineMessage(1, 2, new string('s', 200), "r", new byte[] { 1 });
        byte[] data = OutboxCodec.Write([message]);
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(data, out _));
        data.AsSpan(4 + 4 + 1 + 8 + 8 + 2, 200).Fill(0xFF);
        Assert.Equal(RecordStatus.Malformed, OutboxCodec.Read(data, out _));
    }

    [Fact]
    public void Mutated_lists_are_refused_or_read_and_never_throw()
    {
        Mutations.Feed(Users.Fixture("outbox.0"), data => OutboxCodec.Read(data, out _));
        Mutations.Feed(OutboxCodec.Write([new(5, 6, "a", "b", new byte[20], 1), new(7, 8, "c", "d", new byte[30], 2)]), data => OutboxCodec.Read(data, out _));
    }
}

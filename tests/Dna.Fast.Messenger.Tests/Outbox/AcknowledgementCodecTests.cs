namespace Dna.Fast.Messenger.Tests.Outbox;

public sealed class AcknowledgementCodecTests
{
    private static readonly string Recipient = Users.Fast(3).Fingerprint;
    private static readonly string Sender = Users.Fast(4).Fingerprint;

    private static readonly MessageDigest[] Delivered = [MessageDigest.Of([1]), MessageDigest.Of([2])];

    [Fact]
    public void A_signed_one_begins_with_the_originals_8_bytes()
    {
        byte[] data = AcknowledgementCodec.Sign(Users.Fast(3), Sender, 0x6b031282, Delivered);
        Assert.Equal("000000006b031282", Convert.ToHexStringLower(data.AsSpan(0, 8)));
        Assert.Equal(RecordStatus.Ok, AcknowledgementCodec.Read(data, Users.Known, Recipient, Sender, out DeliveryAcknowledgement? read));
        Assert.Equal((0x6b031282UL, true), (read!.Time, read.IsSigned));
        Assert.Equal(Delivered, read.Delivered);
        Assert.Equal(8 + 2 + 2 * 16 + 32 + 64, data.Length);
    }

    [Fact]
    public void The_originals_is_read_and_known_to_be_unsigned()
    {
        Assert.Equal(RecordStatus.Ok, AcknowledgementCodec.Read([0, 0, 0, 0, 0, 0, 0, 9], Users.Known, Recipient, Sender, out DeliveryAcknowledgement? read));
        Assert.Equal((9UL, false), (read!.Time, read.IsSigned));
        Assert.Empty(read.Delivered);
    }

    [Fact]
    public void One_of_somebody_else_for_somebody_else_or_of_another_time_is_refused()
    {
        byte[] data = AcknowledgementCodec.Sign(Users.Fast(3), Sender, 9, Delivered);
        Assert.Equal(RecordStatus.BadSignature, AcknowledgementCodec.Read(data, Users.Known, Sender, Recipient, out _));
        Assert.Equal(RecordStatus.BadSignature, AcknowledgementCodec.Read(data, Users.Known, Recipient, Recipient, out _));
        Assert.Equal(RecordStatus.BadSignature, AcknowledgementCodec.Read(AcknowledgementCodec.Sign(Users.Fast(5), Sender, 9, Delivered), Users.Known, Recipient, Sender, out _));
        byte[] moved = [.. data];
        moved[12] ^= 1;
        Assert.Equal(RecordStatus.BadSignature, AcknowledgementCodec.Read(moved, Users.Known, Recipient, Sender, out _));
        data[7]++;
        Assert.Equal(RecordStatus.BadSignature, AcknowledgementCodec.Read(data, Users.Known, Recipient, Sender, out _));
        Assert.Equal(RecordStatus.UnknownSuite, AcknowledgementCodec.Read(data.AsSpan(0, 60), Users.Known, Recipient, Sender, out _));
        Assert.Equal(RecordStatus.Malformed, AcknowledgementCodec.Read(data.AsSpan(0, 7), Users.Known, Recipient, Sender, out _));
    }

    [Fact]
    public void Mutated_ones_never_throw() =>
        Mutations.Feed(AcknowledgementCodec.Sign(Users.Fast(3), Sender, 9, Delivered), data => AcknowledgementCodec.Read(data, Users.Known, Recipient, Sender, out _));
}

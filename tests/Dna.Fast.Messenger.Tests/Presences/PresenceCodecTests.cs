using System.Net;
using System.Text;

namespace Dna.Fast.Messenger.Tests.Presences;

public sealed class PresenceCodecTests
{
    private static readonly byte[] Key = Users.Fast(3).SigningKey.ToArray();

    [Fact]
    public void The_originals_form_is_read_and_written_and_known_to_be_unsigned()
    {
        byte[] data = """{"ip":"192.0.2.7","port":4001,"timestamp":1795363504}"""u8.ToArray();
        Assert.Equal(RecordStatus.Ok, PresenceCodec.Read(data, Users.Known, Key, out Presence? presence));
        Assert.Equal(new Presence("192.0.2.7", 4001, 1_795_363_504, IsSigned: false), presence);
        Assert.Equal(data, PresenceCodec.WriteUnsigned(presence!));
    }

    [Fact]
    public void A_signed_one_begins_as_the_originals_does()
    {
        byte[] data = PresenceCodec.Sign(Users.Fast(3), IPAddress.Parse("2001:db8::1"), 4001, 77);
        Assert.StartsWith("""{"ip":"2001:db8::1","port":4001,"timestamp":77,"signature":""", Encoding.UTF8.GetString(data), StringComparison.Ordinal);
        Assert.Equal(RecordStatus.Ok, PresenceCodec.Read(data, Users.Known, Key, out Presence? presence));
        Assert.True(presence!.IsSigned);
    }

    [Fact]
    public void A_redirected_one_and_somebody_elses_are_refused()
    {
        byte[] data = PresenceCodec.Sign(Users.Fast(3), IPAddress.Parse("192.0.2.7"), 4001, 77);
        byte[] redirected = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(data).Replace("192.0.2.7", "192.0.2.8", StringComparison.Ordinal));
        Assert.Equal(RecordStatus.BadSignature, PresenceCodec.Read(redirected, Users.Known, Key, out _));
        Assert.Equal(RecordStatus.BadSignature, PresenceCodec.Read(data, Users.Known, Users.Fast(4).SigningKey.Span, out _));
        Assert.Equal(RecordStatus.BadSignature, PresenceCodec.Read("""{"ip":"192.0.2.7","port":1,"timestamp":1,"signature":"zz"}"""u8, Users.Known, Key, out _));
    }

    [Theory]
    [InlineData("""{"ip":"nowhere","port":4001,"timestamp":1}""")]
    [InlineData("""{"ip":"192.0.2.7","port":0,"timestamp":1}""")]
    [InlineData("""{"ip":"192.0.2.7","port":65536,"timestamp":1}""")]
    [InlineData("""{"ip":"192.0.2.7","port":4001}""")]
    public void One_that_leads_nowhere_is_incomplete(string text) => Assert.Equal(RecordStatus.Incomplete, PresenceCodec.Read(Encoding.UTF8.GetBytes(text), Users.Known, Key, out _));

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1599, true)]
    [InlineData(1600, false)]
    [InlineData(700, true)]
    [InlineData(699, false)]
    public void A_user_is_online_for_10_minutes_and_not_from_the_future(ulong now, bool isOnline) =>
        Assert.Equal(isOnline, new Presence("192.0.2.7", 1, 1000, IsSigned: true).IsOnlineAt(now));

    [Fact]
    public void Mutated_ones_never_throw() =>
        Mutations.Feed(PresenceCodec.Sign(Users.Fast(3), IPAddress.Parse("192.0.2.7"), 4001, 77), data => PresenceCodec.Read(data, Users.Known, Key, out _));
}

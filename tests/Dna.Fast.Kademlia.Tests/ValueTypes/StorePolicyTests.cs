using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Routing;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.ValueTypes;

/// <summary>Sections 5.1 and 5.2, rule by rule.</summary>
public sealed class StorePolicyTests
{
    private const long NowMs = 1_700_000_000_000;
    private static readonly NodeAddress Source = Make.Address(9);
    private readonly InfoHash _key = InfoHash.OfKey("key");
    private readonly FakeVerifier _verifier = new();
    private readonly StorePolicy _policy;
    private readonly byte[] _room = new byte[200_000];
    private byte[] _stored = [];
    private SlotInfo _slot;

    public StorePolicyTests() => _policy = new StorePolicy(_verifier);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0x1002)]
    [InlineData(0x2000)]
    public void Pain_21_unsigned_value_is_stored_as_it_is(int type)
    {
        byte[] packed = Packed.Unsigned((ushort)type, userType: "text/plain");
        Assert.Equal(StoreVerdict.Store, Check(packed));
        Assert.Equal(packed, _stored);
        Assert.Equal(new SlotInfo(7, (ushort)type, NowMs, NowMs + TypeRegistry.LifetimeMs((ushort)type), Source), _slot);
    }

    [Fact]
    public void Encrypted_value_lives_as_type_0()
    {
        byte[] packed = Packed.Encrypted();
        Assert.Equal(StoreVerdict.Store, Check(packed));
        Assert.Equal(packed, _stored);
        Assert.Equal((0, NowMs + 600_000), (_slot.Type, _slot.ExpiresUnixMs));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(0x1001)]
    [InlineData(0x1002)]
    [InlineData(0x1003)]
    public void Signed_value_of_a_known_type_must_verify(int type)
    {
        Assert.Equal(StoreVerdict.Verify, Check(Packed.Signed((ushort)type, userType: "u", to: Make.Id(3))));
        Assert.Equal(0, _verifier.SignaturesChecked);
        Assert.Equal(StoreVerdict.Store, _policy.Verify(_key, _stored));
        Assert.Equal(StoreVerdict.Verify, Check(Packed.Signed((ushort)type, isRight: false)));
        Assert.Equal(StoreVerdict.RefuseSignature, _policy.Verify(_key, _stored));
        Assert.Equal(2, _verifier.SignaturesChecked);
    }

    [Fact]
    public void A_flipped_bit_in_any_part_of_a_signed_value_is_refused()
    {
        byte[] packed = Packed.Signed(seq: 5, userType: "text/plain");
        ValueView view = Packed.View(packed);
        int refused = 0;
        foreach (byte[] part in new[] { view.Owner.ToArray(), view.Data.ToArray(), view.Signature.ToArray(), view.UserType.ToArray() })
        {
            byte[] broken = [.. packed];
            broken[packed.AsSpan().IndexOf(part) + part.Length - 1] ^= 0x01;
            if (_policy.Verify(_key, broken) == StoreVerdict.RefuseSignature) refused++;
        }

        Assert.Equal(4, refused);
        Assert.Equal(StoreVerdict.Store, _policy.Verify(_key, packed));
    }

    [Fact]
    public void Signed_value_of_an_unknown_type_is_stored_unverified()
    {
        byte[] packed = Packed.Signed(0x2000, isRight: false);
        Assert.Equal(StoreVerdict.Store, Check(packed));
        Assert.Equal(packed, _stored);
        Assert.Equal(NowMs + 600_000, _slot.ExpiresUnixMs);
    }

    [Fact]
    public void Stored_form_is_the_canonical_one()
    {
        // dat before id, type as uint32, data as str, and a key nobody knows.
        byte[] odd = [0x83, 0xA3, .. "dat"u8, 0x81, 0xA4, .. "body"u8, 0x82, 0xA4, .. "data"u8, 0xA2, .. "hi"u8, 0xA4, .. "type"u8, 0xCE, 0, 0, 0, 3,
            0xA2, .. "zz"u8, 0x01, 0xA2, .. "id"u8, 0xCD, 0, 7];
        Assert.Equal(StoreVerdict.Store, Check(odd));
        Assert.Equal(Packed.Unsigned(3, "hi"), _stored);
    }

    [Fact]
    public void Payload_of_65536_bytes_is_the_most_for_unverified_values()
    {
        Assert.Equal(StoreVerdict.Store, Check(new ValueView { Id = ulong.MaxValue, IsEncrypted = true, Cypher = new byte[65_536] }));
        Assert.Equal(StoreVerdict.RefuseSize, Check(new ValueView { Id = 1, IsEncrypted = true, Cypher = new byte[65_537] }));
        Assert.Equal(StoreVerdict.RefuseSize, Check(new ValueView { Id = 1, Data = new byte[65_537] }));
        Assert.Equal(StoreVerdict.RefuseSize, Check(new ValueView { Id = 1, Data = new byte[65_530], UserType = "1234567"u8 }));
        Assert.Equal(StoreVerdict.RefuseSize, Check(new ValueView { Id = 1, Type = 0x2000, Owner = "0a"u8, Signature = new byte[64], Data = new byte[65_473] }));
        Assert.Empty(_stored);
    }

    [Fact]
    public void Packed_value_of_65568_bytes_is_the_most_for_any()
    {
        int overhead = Packed.Signed(data: new string('x', 60_000)).Length - 60_000;
        Assert.Equal(StoreVerdict.Verify, Check(Packed.Signed(data: new string('x', WireLimits.ValueBytesMax - overhead))));
        Assert.Equal(WireLimits.ValueBytesMax, _stored.Length);
        ValueView larger = new() { Id = 7, Owner = "0alice"u8, Signature = new byte[20], Data = new byte[WireLimits.ValueBytesMax - overhead + 1] };
        Assert.Equal(StoreVerdict.RefuseSize, Check(larger));
        Assert.Empty(_stored);

        // What the headers take depends on the id: 30 bytes around 65,535 of data with an id of one byte, 40 with the widest id and type.
        Assert.Equal(StoreVerdict.Store, Check(new ValueView { Id = 1, Data = new byte[65_535] }));
        Assert.Equal(StoreVerdict.Store, Check(new ValueView { Id = ulong.MaxValue, Type = 0x1002, Data = new byte[65_528] }));
        Assert.Equal(StoreVerdict.RefuseSize, Check(new ValueView { Id = ulong.MaxValue, Type = 0x1002, Data = new byte[65_529] }));
    }

    [Fact]
    public void Creation_in_the_future_is_now()
    {
        Check(Packed.Unsigned(), createdMs: NowMs + 1);
        Assert.Equal(NowMs, _slot.CreatedUnixMs);
        Check(Packed.Unsigned());
        Assert.Equal(NowMs, _slot.CreatedUnixMs);
    }

    [Fact]
    public void Pain_2_creation_in_the_past_shortens_what_is_left()
    {
        Check(Packed.Unsigned(), createdMs: NowMs - 1000);
        Assert.Equal((NowMs - 1000, NowMs + 599_000), (_slot.CreatedUnixMs, _slot.ExpiresUnixMs));
    }

    [Theory]
    [InlineData(NowMs - 600_000)]
    [InlineData(NowMs - 1_200_000)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Value_whose_life_is_over_is_refused(long createdMs) =>
        Assert.Equal(StoreVerdict.RefuseExpired, Check(Packed.Unsigned(), createdMs: createdMs));

    [Theory]
    [InlineData("92A0C400", true)] // ["", bin]
    [InlineData("92A0A0", true)] // ["", ""]
    [InlineData("92C400C400", true)] // [bin, bin]
    [InlineData("93A0C400C0", true)] // ["", bin, nil]
    [InlineData("91A0", true)]
    [InlineData("90", true)]
    [InlineData("DC0002A0C400", true)]
    [InlineData("92A161C400", false)] // ["a", bin]
    [InlineData("92A0", false)] // cut
    [InlineData("92A005", false)] // payload is a number
    [InlineData("9205C400", false)] // service is a number
    [InlineData("05", false)]
    [InlineData("", false)]
    [InlineData("C1", false)]
    public void Unsigned_message_with_an_empty_service_is_refused_and_garbage_is_not(string data, bool isRefused) =>
        Assert.Equal(isRefused ? StoreVerdict.RefuseType : StoreVerdict.Store, Check(Packed.WithData(1, Convert.FromHexString(data))));

    [Fact]
    public void Signed_message_with_an_empty_service_is_not_refused() =>
        Assert.Equal(StoreVerdict.Verify, Check(Packed.Signed(1, data: Encoding.Latin1.GetString([0x10]))));

    [Fact]
    public void Service_announcement_gets_the_address_of_its_source_and_keeps_its_port()
    {
        byte[] claimed = Convert.FromHexString("c41002001e61c00002070000000000000000"); // 192.0.2.7:7777
        Assert.Equal(StoreVerdict.Store, Check(Packed.WithData(2, claimed)));
        byte[] expected = Convert.FromHexString("c41002001e610a0000090000000000000000");
        Assert.Equal(Packed.WithData(2, expected), _stored);
        Assert.Equal(new SlotInfo(7, 2, NowMs, NowMs + 15 * 60_000, Source), _slot);
    }

    [Fact]
    public void Service_announcement_over_ipv6_gets_an_ipv6_address()
    {
        byte[] claimed = Convert.FromHexString("c41002001e61c00002070000000000000000");
        NodeAddress source = NodeAddress.From(new IPEndPoint(IPAddress.Parse("2001:db8::5"), 4000));
        Assert.Equal(StoreVerdict.Store, Check(Packed.WithData(2, claimed), source: source));
        Assert.Equal(Packed.WithData(2, Convert.FromHexString("c41c0a001e610000000020010db800000000000000000000000500000000")), _stored);
    }

    [Fact]
    public void Rewritten_service_announcement_loses_owner_and_user_type()
    {
        string claimed = Encoding.Latin1.GetString(Convert.FromHexString("10020011110a0000090000000000000000"));
        byte[] data = [0xC4, .. Encoding.Latin1.GetBytes(claimed)];
        byte[] room = new byte[1000];
        ValueView signed = new() { Id = 7, Type = 2, Owner = "0alice"u8, Signature = "sig"u8, UserType = "u"u8, Data = data };
        Assert.Equal(StoreVerdict.Store, StorePolicy.Check(_key, Source, signed, NowMs, NowMs, room, out int bytes, out _));
        ValueView stored = Packed.View(room[..bytes]);
        Assert.False(stored.IsSigned);
        Assert.True(stored.UserType.IsEmpty);
    }

    [Theory]
    [InlineData("c410020000007f0000010000000000000000")] // port 0
    [InlineData("c40f02001e617f00000100000000000000")] // 15 bytes
    [InlineData("c41003001e617f0000010000000000000000")] // family 3
    [InlineData("c4100a001e617f0000010000000000000000")] // IPv6 in 16 bytes
    [InlineData("c41002001e617f")] // cut
    [InlineData("02001e617f0000010000000000000000")] // no bin
    [InlineData("")]
    public void Service_announcement_without_port_or_address_is_refused(string data) =>
        Assert.Equal(StoreVerdict.RefuseType, Check(Packed.WithData(2, Convert.FromHexString(data))));

    [Fact]
    public void Our_own_service_announcement_is_not_rewritten()
    {
        byte[] packed = Packed.WithData(2, Convert.FromHexString("c41002001e61c00002070000000000000000"));
        Assert.Equal(StoreVerdict.Store, Check(packed, source: default(NodeAddress)));
        Assert.Equal(packed, _stored);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Certificate_is_stored_under_either_hash_of_its_key(bool isLong)
    {
        byte[] spki = "a public key"u8.ToArray();
        InfoHash key = isLong ? InfoHash.Of(SHA256.HashData(spki)) : InfoHash.Of(spki);
        byte[] packed = Packed.WithData(8, FakeVerifier.Certificate("a public key"));
        Assert.Equal(StoreVerdict.Verify, Check(packed));
        Assert.Equal(0, _verifier.CertificatesRead);
        Assert.Equal(StoreVerdict.Store, _policy.Verify(key, _stored));
        Assert.Equal(StoreVerdict.RefuseCertificate, _policy.Verify(_key, _stored));
    }

    [Fact]
    public void What_is_no_certificate_is_refused()
    {
        Assert.Equal(StoreVerdict.Verify, Check(Packed.Unsigned(8, "junk")));
        Assert.Equal(StoreVerdict.RefuseCertificate, _policy.Verify(_key, _stored));
    }

    [Fact]
    public void Signature_on_a_certificate_value_proves_nothing_and_is_not_checked()
    {
        Check(Packed.Signed(8, data: Encoding.UTF8.GetString(FakeVerifier.Certificate("k"))));
        Assert.Equal(StoreVerdict.Store, _policy.Verify(InfoHash.Of("k"u8), _stored));
        Assert.Equal(0, _verifier.SignaturesChecked);
    }

    [Fact]
    public void Each_refusal_has_a_counter_of_its_own()
    {
        StoreVerdict[] refusals = [.. Enum.GetValues<StoreVerdict>().Except([StoreVerdict.Store, StoreVerdict.Verify])];
        Assert.Equal(refusals.Length, refusals.Select(StorePolicy.CounterOf).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => StorePolicy.CounterOf(StoreVerdict.Store));
    }

    [Fact]
    public void Checking_allocates_nothing()
    {
        byte[] packed = Packed.Unsigned(), service = Packed.WithData(2, Convert.FromHexString("c41002001e61c00002070000000000000000"));
        StoreVerdict verdict = default;
        Assert.Equal(0, Allocation.PerThousand(() => verdict = Run()));
        Assert.Equal(StoreVerdict.Store, verdict);

        StoreVerdict Run()
        {
            ValueReader.Read(packed, out ValueView value, out _);
            StoreVerdict first = StorePolicy.Check(_key, Source, value, NowMs, NowMs, _room, out _, out _);
            ValueReader.Read(service, out value, out _);
            return first == StoreVerdict.Store ? StorePolicy.Check(_key, Source, value, NowMs, NowMs, _room, out _, out _) : first;
        }
    }

    private StoreVerdict Check(byte[] packed, NodeAddress? source = null, long createdMs = StorePolicy.CreatedNow)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        return Check(value, source, createdMs);
    }

    private StoreVerdict Check(in ValueView value, NodeAddress? source = null, long createdMs = StorePolicy.CreatedNow)
    {
        StoreVerdict verdict = StorePolicy.Check(_key, source ?? Source, value, createdMs, NowMs, _room, out int bytes, out _slot);
        _stored = _room[..bytes];
        return verdict;
    }
}

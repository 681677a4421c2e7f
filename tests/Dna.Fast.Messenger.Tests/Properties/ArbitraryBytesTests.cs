using System.Text;
using CsCheck;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Properties;

/// <summary>Every reader of a record against bytes and texts that owe nothing to any record: it answers, never throws, and allocates in proportion to what it was given.</summary>
public sealed class ArbitraryBytesTests
{
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    // Copies as text and as bytes, entries of lists; and what a reader needs for nothing at all.
    private const long PerByte = 64;
    private const long Base = 64 * 1024;

    private static readonly IUserKeys Keys = Users.Fast(1);

    private static readonly Dictionary<string, Func<byte[], RecordStatus>> Readers = new()
    {
        ["public keys"] = data => PublicKeyCodec.ReadVerified(data, Users.Known, Keys.Fingerprint, out _),
        ["reverse"] = data => ReverseCodec.ReadVerified(data, Users.Known, Keys.Fingerprint, out _),
        ["alias"] = data => AliasCodec.Read(data, out _),
        ["profile"] = data => ProfileCodec.ReadVerified(data, Users.Known, Keys.Fingerprint, trustUnsignedDisplay: true, out _),
        ["old profile"] = data => OldProfileCodec.Read(data, out _),
        ["outbox"] = data => OutboxCodec.Read(data, out _),
        ["acknowledgement"] = data => AcknowledgementCodec.Read(data, Users.Known, Keys.Fingerprint, Keys.Fingerprint, out _),
        ["group"] = data => GroupCodec.Read(data, Users.Known, Uuid, out _),
        ["group key"] = data => GroupKeyPacket.Read(data, Keys.Suite, Keys.SigningKey.Span, out _),
        ["group messages"] = data => GroupMessageCodec.Read(data, Uuid, out _),
        ["contact list"] = data => ContactListCodec.Open(data, Keys, out _),
        ["contact list's text"] = data => ContactListCodec.ReadJson(data, out _),
        ["contact request"] = data => ContactRequestCodec.ReadVerified(data, Users.Known, Keys.Fingerprint, 0, out _),
        ["wall"] = data => WallCodec.Read(data, out _, out _),
        ["votes"] = data => VoteCodec.Read(data, "p_1", out _),
        ["presence"] = data => PresenceCodec.Read(data, Users.Known, Keys.SigningKey.Span, out _),
        ["registry"] = data => RegistryCodec.Read(data, out _),
        ["chunk"] = data => ChunkCodec.Read(data, out _),
    };

    public static TheoryData<string> Names => [.. Readers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Arbitrary_bytes_are_answered(string name) => Gen.Byte.Array[0, 20_000].Sample(data => Answer(name, data), iter: 200);

    [Theory]
    [MemberData(nameof(Names))]
    public void Arbitrary_JSON_is_answered(string name) => Json(4).Sample(json => Answer(name, Encoding.UTF8.GetBytes(json)), iter: 500);

    // Objects with the names of our fields, so that something looks at their values.
    private static Gen<string> Json(int depth)
    {
        Gen<string> scalar = Gen.OneOf(
            RecordGens.OneOf("null", "true", "-1", "1e400", "1", "18446744073709551616", "\"\"", "\"\\ud800\"", $"\"{Uuid}\"", $"\"{Users.AliceFingerprint}\"", "\"AAAA\"", "\"192.0.2.1\""),
            Gen.ULong.Select(number => $"{number}"),
            Gen.Byte.Array[0, 40].Select(bytes => $"\"{Convert.ToHexStringLower(bytes)}\""));
        if (depth == 0) return scalar;
        Gen<string> inner = Json(depth - 1);
        Gen<string> field = Gen.Select(
            RecordGens.OneOf(
                "version", "timestamp", "identity", "fingerprint", "dilithium_pubkey", "signature", "messages", "votes", "nodes", "members", "contacts", "added", "removed", "ip", "port",
                "group_uuid", "name", "creator", "deleted", "sender_fingerprint", "post_id", "wallets", "text", "x", "\\u0000"),
            inner,
            (name, value) => $"\"{name}\":{value}");
        return Gen.OneOf(scalar, inner.Array[0, 5].Select(items => $"[{string.Join(',', items)}]"), field.Array[0, 12].Select(fields => $"{{{string.Join(',', fields)}}}"));
    }

    private static void Answer(string name, byte[] data)
    {
        long allocated = Measure(name, data);
        // What code allocates when it is used for the first time is not the record's doing.
        if (allocated > Base + PerByte * data.Length) allocated = Measure(name, data);
        Assert.True(allocated <= Base + PerByte * data.Length, $"{data.Length} bytes made the reader of {name} allocate {allocated}");
    }

    private static long Measure(string name, byte[] data)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordStatus status = Readers[name](data);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(Enum.IsDefined(status));
        return allocated;
    }
}

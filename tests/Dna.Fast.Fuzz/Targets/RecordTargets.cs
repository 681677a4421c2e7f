using System.Net;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>Records of the DNA layer. What is read is written again, and reads again as the same.</summary>
internal static class RecordTargets
{
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    private static readonly SuiteSet Suites = Seeds.SuiteSet;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("public-keys", FuzzFormat.Json, [Seeds.Record("pubkey.0"), PublicKeyCodec.Write(PublicKeyCodec.Sign(Seeds.Fast(1), "alice", 1000, 1))], PublicKeys),
        new("reverse", FuzzFormat.Json, [Seeds.Record("reverse.0"), ReverseCodec.Write(ReverseCodec.Sign(Seeds.Fast(1), "alice", 1000))], Reverse),
        new("alias", FuzzFormat.Text, [Seeds.Record("lookup.0")], bytes => AliasCodec.Read(bytes, out _) == RecordStatus.Ok),
        // Read twice, written twice, and two signed messages of 7 KB.
        new("profile", FuzzFormat.Json, [Seeds.Record("profile.0"), ProfileCodec.Write(ProfileCodec.Sign(Seeds.Fast(1), FullProfile()))], ReadProfile) { AllocatedBase = 256 * 1024 },
        new("old-profile", FuzzFormat.Binary, [OldProfile()], bytes => OldProfileCodec.Read(bytes, out _) == RecordStatus.Ok),
        new("outbox", FuzzFormat.Binary, [Seeds.Record("outbox.0"), OutboxCodec.Write([Message(1, null), Message(2, 7), Message(3, 8)])], Outbox),
        new("group", FuzzFormat.Json, [Seeds.Record("group.0"), .. Groups()], ReadGroup),
        new("group-messages", FuzzFormat.Json, [GroupMessages()], ReadGroupMessages),
        new("wall", FuzzFormat.Json, [Wall()], ReadWall),
        new("votes", FuzzFormat.Json, [VoteCodec.Write("p_1", [Vote.Sign(Seeds.Fast(1), "p_1", true, 5), Vote.Sign(Seeds.Fast(2), "p_1", false, 6)])], Votes),
        new("registry", FuzzFormat.Json, [RegistryCodec.Write([Node("192.0.2.1"), Node("2001:db8::1")])], Registry),
        new("presence", FuzzFormat.Json, [PresenceCodec.Sign(Seeds.Fast(1), IPAddress.Loopback, 4001, 1000), PresenceCodec.WriteUnsigned(new Presence("192.0.2.1", 4001, 1, false))], ReadPresence),
        new("chunk", FuzzFormat.Binary, [.. ChunkedRecord.Split(Seeds.Record("pubkey.0")).Select(ChunkCodec.Write), ChunkCodec.Write(ChunkedRecord.Tombstone())], ReadChunk),
        // Zstandard's tables, and what the caller is ready to hold.
        new("chunked-record", FuzzFormat.Binary, [.. ChunkedRecord.Split(Seeds.Record("pubkey.0")).Select(ChunkCodec.Write)], JoinChunk) { AllocatedBase = 1 << 20 },
    ];

    private static bool PublicKeys(byte[] input)
    {
        PublicKeyCodec.ReadVerified(input, Suites, Seeds.Fast(1).Fingerprint, out _);
        if (PublicKeyCodec.Read(input, Suites, out PublicKeyEntry? entry) != RecordStatus.Ok) return false;
        byte[] written = PublicKeyCodec.Write(entry!);
        PublicKeyCodec.Read(written, Suites, out PublicKeyEntry? again);
        Same(written, again is null ? null : PublicKeyCodec.Write(again));
        return true;
    }

    private static bool Reverse(byte[] input)
    {
        ReverseCodec.ReadVerified(input, Suites, Seeds.Fast(1).Fingerprint, out _);
        if (ReverseCodec.Read(input, Suites, out ReverseEntry? entry) != RecordStatus.Ok) return false;
        byte[] written = ReverseCodec.Write(entry!);
        ReverseCodec.Read(written, Suites, out ReverseEntry? again);
        Same(written, again is null ? null : ReverseCodec.Write(again));
        return true;
    }

    private static bool ReadProfile(byte[] input)
    {
        ProfileCodec.ReadVerified(input, Suites, Seeds.Fast(1).Fingerprint, trustUnsignedDisplay: true, out _);
        if (ProfileCodec.Read(input, Suites, out Profile? profile) != RecordStatus.Ok) return false;
        ProfileMessages.Signed(profile!);
        ProfileMessages.Displayed(profile!);
        byte[] written = ProfileCodec.Write(profile!);
        ProfileCodec.Read(written, Suites, out Profile? again);
        Same(written, again is null ? null : ProfileCodec.Write(again));
        return true;
    }

    private static bool Outbox(byte[] input)
    {
        if (OutboxCodec.Read(input, out List<OfflineMessage> messages) != RecordStatus.Ok) return false;
        byte[] written = OutboxCodec.Write(messages);
        Same(written, OutboxCodec.Read(written, out List<OfflineMessage> again) == RecordStatus.Ok ? OutboxCodec.Write(again) : null);
        return true;
    }

    private static bool ReadGroup(byte[] input)
    {
        if (GroupCodec.Read(input, Suites, Uuid, out Group? group) != RecordStatus.Ok) return false;
        GroupCodec.SignedMessage(group!);
        GroupRules.Choose([group!, group! with { Version = 1 }], group!.Creator);
        if (group.IsDeleted || !GroupCodec.IsWritable(group)) return true;
        byte[] written = GroupCodec.Write(group);
        Same(written, GroupCodec.Read(written, Suites, Uuid, out Group? again) == RecordStatus.Ok ? GroupCodec.Write(again!) : null);
        return true;
    }

    private static bool ReadGroupMessages(byte[] input)
    {
        if (GroupMessageCodec.Read(input, Uuid, out List<GroupMessage> messages) != RecordStatus.Ok) return false;
        if (messages.Count > 0) messages[0].Open(Suites, Seeds.Fast(1).SigningKey.Span, new byte[GroupKeyPacket.KeyBytes]);
        string sender = messages.Count > 0 ? messages[0].Sender : Seeds.Fast(1).Fingerprint;
        byte[] written = GroupMessageCodec.Write(sender, Uuid, messages);
        Same(written, GroupMessageCodec.Read(written, Uuid, out List<GroupMessage> again) == RecordStatus.Ok ? GroupMessageCodec.Write(sender, Uuid, again) : null);
        return true;
    }

    private static bool ReadWall(byte[] input)
    {
        if (WallCodec.Read(input, out string owner, out List<WallPost> posts) != RecordStatus.Ok) return false;
        if (posts.Count > 0) posts[0].IsBy(Seeds.Suites.Fast, Seeds.Fast(1).SigningKey.Span, owner);
        byte[] written = WallCodec.Write(owner, posts);
        Same(written, WallCodec.Read(written, out string name, out List<WallPost> again) == RecordStatus.Ok ? WallCodec.Write(name, again) : null);
        return true;
    }

    private static bool Votes(byte[] input)
    {
        if (VoteCodec.Read(input, "p_1", out List<Vote> votes) != RecordStatus.Ok) return false;
        if (votes.Count > 0) votes[0].IsRight(Suites, Seeds.Fast(1).SigningKey.Span, "p_1");
        byte[] written = VoteCodec.Write("p_1", votes);
        Same(written, VoteCodec.Read(written, "p_1", out List<Vote> again) == RecordStatus.Ok ? VoteCodec.Write("p_1", again) : null);
        return true;
    }

    private static bool Registry(byte[] input)
    {
        if (RegistryCodec.Read(input, out List<RegistryNode> nodes) != RecordStatus.Ok) return false;
        RegistryCodec.Merge([nodes, nodes], 1000);
        byte[] written = RegistryCodec.Write(nodes);
        Same(written, RegistryCodec.Read(written, out List<RegistryNode> again) == RecordStatus.Ok ? RegistryCodec.Write(again) : null);
        return true;
    }

    private static bool ReadPresence(byte[] input)
    {
        if (PresenceCodec.Read(input, Suites, Seeds.Fast(1).SigningKey.Span, out Presence? presence) != RecordStatus.Ok) return false;
        byte[] written = PresenceCodec.WriteUnsigned(presence!);
        Same(written, PresenceCodec.Read(written, Suites, default, out Presence? again) == RecordStatus.Ok ? PresenceCodec.WriteUnsigned(again!) : null);
        return true;
    }

    private static bool ReadChunk(byte[] input)
    {
        if (ChunkCodec.Read(input, out Chunk? chunk) != RecordStatus.Ok) return false;
        // Version 1 has no hash, and is read only.
        if (chunk!.Index == 0 && chunk.ContentHash.IsEmpty) return true;
        byte[] written = ChunkCodec.Write(chunk);
        Same(written, ChunkCodec.Read(written, out Chunk? again) == RecordStatus.Ok ? ChunkCodec.Write(again!) : null);
        return true;
    }

    /// <summary>The chunk's checksum is made right, so that what it protects is reached.</summary>
    private static bool JoinChunk(byte[] input)
    {
        const int crcAt = 21, payloadAt = 25 + 32, bytesMax = 100_000;
        if (input.Length < payloadAt) return false;
        byte[] whole = [.. input];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(13), (uint)(whole.Length - payloadAt));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(crcAt), Crc32.Of(whole.AsSpan(payloadAt)));
        if (ChunkCodec.Read(whole, out Chunk? chunk) != RecordStatus.Ok || ChunkedRecord.Join([chunk!], bytesMax, out byte[]? record) != RecordStatus.Ok) return false;
        if (record!.Length > bytesMax) throw new FuzzFailure("more than the caller holds");
        return true;
    }

    private static Profile FullProfile() => new()
    {
        Fingerprint = "",
        SigningKey = default,
        EncryptionKey = default,
        Name = new RegisteredName("alice_1", 1000, 2000, "FREE_REGISTRATION", "DNA_NETWORK", 1),
        Wallets = NamedTexts.NoWallets.With("eth", "0x52908400098527886E0F7030069857D2E4169EE7"),
        Socials = NamedTexts.NoSocials.With("x", "alice"),
        Bio = "bio / \"quoted\" \u00e4",
        DisplayName = "Alice",
        Location = "Here",
        Timestamp = 1500,
        Version = 3,
        Unknown = [new UnknownField("avatar_base64", "\"AAAA\""u8.ToArray()), new UnknownField("later", "{\"a\":[1,2]}"u8.ToArray())],
    };

    private static byte[] OldProfile()
    {
        byte[] json = """{ "display_name": "Old A", "bio": "b", "updated_at": 7 }"""u8.ToArray();
        return new ByteWriter().UInt64((ulong)json.Length).Bytes(json).UInt64(3).Bytes([1, 2, 3]).ToArray();
    }

    private static OfflineMessage Message(byte number, ulong? seq) => new(1000, 2000, Seeds.Fast(1).Fingerprint, Seeds.Fast(2).Fingerprint, new byte[] { number, 2, 3 }, seq);

    private static byte[][] Groups()
    {
        var group = new Group { Uuid = Uuid, Name = "Friends", Creator = Seeds.Fast(1).Fingerprint, CreatedAt = 5, Version = 2, KeyVersion = 1, Members = [Seeds.Fast(1).Fingerprint, Seeds.Fast(2).Fingerprint] };
        return [GroupCodec.Write(GroupCodec.Sign(Seeds.Fast(1), group)), GroupCodec.Write(GroupCodec.Sign(Seeds.Fast(1), group with { IsDeleted = true, Name = "", Members = [] }))];
    }

    private static byte[] GroupMessages()
    {
        GroupMessage[] messages = [.. Enumerable.Range(1, 3).Select(i => GroupMessage.Seal(Seeds.Fast(1), Uuid, 1, new byte[GroupKeyPacket.KeyBytes], $"text {i}", (ulong)i)!)];
        return GroupMessageCodec.Write(Seeds.Fast(1).Fingerprint, Uuid, messages);
    }

    private static byte[] Wall()
    {
        IUserKeys keys = Seeds.Fast(1);
        return WallCodec.Write(keys.Fingerprint, [WallPost.Sign(keys, keys.Fingerprint, "a", 1)!, WallPost.Sign(keys, keys.Fingerprint, "b / \"c\"", 2, "x_1")!]);
    }

    private static RegistryNode Node(string ip) => new(ip, 4000, "00ff", "0.1.0", 1000, 60);

    private static void Same(byte[] written, byte[]? again)
    {
        if (again is null) throw new FuzzFailure("what was read does not read again after it was written");
        if (!written.AsSpan().SequenceEqual(again)) throw new FuzzFailure("another record after writing");
    }
}

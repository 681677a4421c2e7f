using System.Net;
using CsCheck;
using static Dna.Fast.Messenger.Tests.Properties.RecordGens;

namespace Dna.Fast.Messenger.Tests.Properties;

/// <summary>Every codec: what is written is read as what it was, and written as the same bytes again.</summary>
public sealed class RoundTripTests
{
    private const int Records = 300;
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    [Fact]
    public void Public_keys() => Gen.Select(User, Text(PublicKeyCodec.IdentityBytesMax), Number, VersionNumber).Sample(
        (keys, identity, time, version) =>
        {
            byte[] data = PublicKeyCodec.Write(PublicKeyCodec.Sign(keys, identity, time, version));
            Assert.Equal(RecordStatus.Ok, PublicKeyCodec.ReadVerified(data, Users.Known, keys.Fingerprint, out PublicKeyEntry? entry));
            Assert.Equal((identity, time, version), (entry!.Identity, entry.Timestamp, entry.Version));
            Assert.Equal(data, PublicKeyCodec.Write(entry));
        },
        iter: Records);

    [Fact]
    public void Reverse_entries() => Gen.Select(User, Text(PublicKeyCodec.IdentityBytesMax), Number).Sample(
        (keys, identity, time) =>
        {
            byte[] data = ReverseCodec.Write(ReverseCodec.Sign(keys, identity, time));
            Assert.Equal(RecordStatus.Ok, ReverseCodec.ReadVerified(data, Users.Known, keys.Fingerprint, out ReverseEntry? entry));
            Assert.Equal((identity, time), (entry!.Identity, entry.Timestamp));
            Assert.Equal(data, ReverseCodec.Write(entry));
        },
        iter: Records);

    [Fact]
    public void Aliases() => Fingerprint.Sample(
        fingerprint => AliasCodec.Read(AliasCodec.Write(fingerprint), out string? read) == RecordStatus.Ok && read == fingerprint, iter: Records);

    [Fact]
    public void Profiles() => Gen.Select(User, Gen.Select(Text(511), Text(127), Text(255), Text(63)), Gen.Select(Text(255, 1), Text(66), Number, VersionNumber), Gen.Select(Text(127), Text(127), Text(119))).Sample(
        (keys, shown, name, more) =>
        {
            Profile profile = ProfileCodec.Sign(keys, new Profile
            {
                Fingerprint = "",
                SigningKey = default,
                EncryptionKey = default,
                Name = name.Item3 % 2 == 0 ? null : new RegisteredName(name.Item1, name.Item3, ulong.MaxValue - name.Item3, name.Item2, "DNA_NETWORK", name.Item4),
                Wallets = NamedTexts.NoWallets.With("backbone", more.Item3).With("bnb", more.Item1),
                Socials = NamedTexts.NoSocials.With("x", more.Item2),
                Bio = shown.Item1,
                DisplayName = shown.Item2,
                Website = shown.Item3,
                Picture = shown.Item4,
                AvatarHash = more.Item1,
                Location = more.Item2,
                CreatedAt = name.Item3,
                Timestamp = name.Item3,
                Version = name.Item4,
            });
            byte[] data = ProfileCodec.Write(profile);
            Assert.Equal(RecordStatus.Ok, ProfileCodec.ReadVerified(data, Users.Known, keys.Fingerprint, trustUnsignedDisplay: false, out Profile? read));
            Assert.Equal((profile.Name, profile.Wallets, profile.Socials), (read!.Name, read.Wallets, read.Socials));
            Assert.Equal((profile.Bio, profile.DisplayName, profile.Website, profile.Picture), (read.Bio, read.DisplayName, read.Website, read.Picture));
            Assert.Equal(data, ProfileCodec.Write(read));
        },
        iter: Records);

    [Fact]
    public void Outboxes() => Gen.Select(Number, Number, Fingerprint, Fingerprint, Bytes(300), Gen.Bool, Number)
        .Select((time, expiry, from, to, envelope, isNumbered, seq) => new OfflineMessage(time, expiry, from, to, envelope, isNumbered ? seq : null)).Array[0, 20].Sample(
        messages =>
        {
            byte[] data = OutboxCodec.Write(messages);
            Assert.Equal(OutboxCodec.SizeOf(messages), data.Length);
            Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(data, out List<OfflineMessage> read));
            Assert.Equal(messages.Select(Parts), read.Select(Parts));
            Assert.Equal(data, OutboxCodec.Write(read));

            static (ulong, ulong, string, string, ulong?, MessageDigest) Parts(OfflineMessage message) =>
                (message.Timestamp, message.Expiry, message.Sender, message.Recipient, message.Seq, message.Digest);
        },
        iter: Records);

    [Fact]
    public void Acknowledgements() => Gen.Select(User, Fingerprint, Number, Gen.ULong.Select(bits => new MessageDigest(new UInt128(bits, ~bits))).Array[0, 50]).Sample(
        (recipient, sender, time, digests) =>
        {
            byte[] data = AcknowledgementCodec.Sign(recipient, sender, time, digests);
            Assert.Equal(RecordStatus.Ok, AcknowledgementCodec.Read(data, Users.Known, recipient.Fingerprint, sender, out DeliveryAcknowledgement? read));
            Assert.Equal((time, true), (read!.Time, read.IsSigned));
            Assert.Equal(digests, read.Delivered);
        },
        iter: Records);

    [Fact]
    public void Groups() => Gen.Select(User, PlainText(Group.NameBytesMax, 1), PlainText(Group.DescriptionBytesMax), Number, VersionNumber, VersionNumber, Fingerprint.Array[0, 20]).Sample(
        (keys, name, description, created, version, keyVersion, others) =>
        {
            Group group = GroupCodec.Sign(keys, new Group
            {
                Uuid = Uuid,
                Name = name,
                Description = description,
                Creator = keys.Fingerprint,
                CreatedAt = created,
                Version = version,
                KeyVersion = keyVersion,
                Members = [.. others.Prepend(keys.Fingerprint).Distinct()],
            });
            Assert.True(GroupCodec.IsWritable(group));
            byte[] data = GroupCodec.Write(group);
            Assert.Equal(RecordStatus.Ok, GroupCodec.Read(data, Users.Known, Uuid, out Group? read));
            Assert.Equal((name, description, created, version, keyVersion), (read!.Name, read.Description, read.CreatedAt, read.Version, read.KeyVersion));
            Assert.Equal(group.Members, read.Members);
            Assert.Equal(data, GroupCodec.Write(read));
        },
        iter: Records);

    [Fact]
    public void Group_keys() => Gen.Select(User, VersionNumber, Bytes(32, 32), Gen.Int[1, GroupKeyPacket.MembersMax]).Sample(
        (owner, version, key, members) =>
        {
            (string, ReadOnlyMemory<byte>)[] entries = [.. Enumerable.Range(1, members).Select(i => (Users.Fast((byte)i).Fingerprint, Users.Fast((byte)i).EncryptionKey))];
            byte[] data = GroupKeyPacket.Seal(owner, Uuid, version, entries, key)!;
            Assert.Equal(RecordStatus.Ok, GroupKeyPacket.Read(data, owner.Suite, owner.SigningKey.Span, out GroupKeyPacket? packet));
            Assert.Equal((Uuid, version, members), (packet!.Uuid, packet.Version, packet.Entries.Count));
            byte[] opened = new byte[32];
            Assert.True(packet.TryOpen(Users.Fast((byte)members), opened));
            Assert.Equal(key, opened);
        },
        iter: 50);

    [Fact]
    public void Group_messages() => Gen.Select(User, Text(GroupMessage.TextBytesMax, 1), Number, VersionNumber, Bytes(32, 32)).Sample(
        (keys, text, time, version, key) =>
        {
            byte[] data = GroupMessageCodec.Write(keys.Fingerprint, Uuid, [GroupMessage.Seal(keys, Uuid, version, key, text, time)!]);
            Assert.Equal(RecordStatus.Ok, GroupMessageCodec.Read(data, Uuid, out List<GroupMessage> read));
            Assert.Equal((time, version), (read.Single().TimestampMs, read.Single().KeyVersion));
            Assert.Equal(text, read.Single().Open(Users.Known, keys.SigningKey.Span, key));
            Assert.Equal(data, GroupMessageCodec.Write(keys.Fingerprint, Uuid, read));
        },
        iter: Records);

    [Fact]
    public void Contact_lists() => Gen.Select(User, Number, Fingerprint.Array[0, 20], Gen.Select(Fingerprint, Number).Array[0, 5], Gen.Bool).Sample(
        (keys, time, contacts, changes, keepsTimes) =>
        {
            ContactChange[] times = [.. changes.Select(change => new ContactChange(change.Item1, change.Item2)).DistinctBy(change => change.Fingerprint)];
            var list = new ContactList(keys.Fingerprint, time, [.. contacts.Distinct()], times, times, keepsTimes);
            Assert.Equal(RecordStatus.Ok, ContactListCodec.Open(ContactListCodec.Seal(keys, list)!, keys, out ContactList? read));
            Assert.Equal(list.Contacts, read!.Contacts);
            Assert.Equal((list.Added, list.Removed), (read.Added, read.Removed), (one, other) => one.Item1.SequenceEqual(other.Item1) && one.Item2.SequenceEqual(other.Item2));
            Assert.Equal((list.Identity, list.Timestamp, list.KeepsTimes), (read.Identity, read.Timestamp, read.KeepsTimes));
        },
        iter: Records);

    [Fact]
    public void Contact_requests() => Gen.Select(User, Fingerprint, Text(ContactRequestCodec.NameBytesMax), Text(255), Gen.ULong[0, 1UL << 60]).Sample(
        (keys, recipient, name, message, time) =>
        {
            byte[] data = ContactRequestCodec.Sign(keys, recipient, name, message, time)!;
            Assert.Equal(RecordStatus.Ok, ContactRequestCodec.ReadVerified(data, Users.Known, recipient, time, out ContactRequest? read));
            Assert.Equal((keys.Fingerprint, name, message, time, true), (read!.Sender, read.Name, read.Message, read.Timestamp, read.IsAddressed));
        },
        iter: Records);

    [Fact]
    public void Walls() => Gen.Select(User, Fingerprint, Gen.Select(Text(WallPost.TextBytesMax, 1), Number, PlainText(WallPost.IdBytesMax)).Array[0, 10]).Sample(
        (keys, wall, posts) =>
        {
            WallPost[] signed = [.. posts.Select(post => WallPost.Sign(keys, wall, post.Item1, post.Item2, post.Item3)!)];
            byte[] data = WallCodec.Write(keys.Fingerprint, signed);
            Assert.Equal(RecordStatus.Ok, WallCodec.Read(data, out string poster, out List<WallPost> read));
            Assert.Equal(keys.Fingerprint, poster);
            Assert.Equal(posts.Select(post => post.Item1), read.Select(post => post.Text));
            Assert.All(read, post => Assert.True(post.IsBy(keys.Suite, keys.SigningKey.Span, wall)));
            Assert.Equal(data, WallCodec.Write(poster, read));
        },
        iter: Records);

    [Fact]
    public void Votes() => Gen.Select(PlainText(100, 1), Gen.Select(Gen.Bool, Number), Gen.Select(Gen.Bool, Number)).Sample(
        (post, first, second) =>
        {
            Vote[] votes = [Vote.Sign(Users.Fast(1), post, first.Item1, first.Item2), Vote.Sign(Users.Fast(2), post, second.Item1, second.Item2)];
            byte[] data = VoteCodec.Write(post, votes);
            Assert.Equal(RecordStatus.Ok, VoteCodec.Read(data, post, out List<Vote> read));
            Assert.Equal(votes.Select(vote => (vote.Voter, vote.IsUp, vote.Timestamp)), read.Select(vote => (vote.Voter, vote.IsUp, vote.Timestamp)));
            Assert.True(read[0].IsRight(Users.Known, Users.Fast(1).SigningKey.Span, post));
            Assert.Equal(data, VoteCodec.Write(post, read));
        },
        iter: Records);

    [Fact]
    public void Presences() => Gen.Select(User, Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.UShort[1, ushort.MaxValue], Number).Sample(
        (keys, address, port, time) =>
        {
            byte[] data = PresenceCodec.Sign(keys, new IPAddress(address), port, time);
            Assert.Equal(RecordStatus.Ok, PresenceCodec.Read(data, Users.Known, keys.SigningKey.Span, out Presence? read));
            Assert.Equal(new Presence(new IPAddress(address).ToString(), port, time, IsSigned: true), read);
        },
        iter: Records);

    [Fact]
    public void Registries() => Gen.Select(Gen.Byte.Array[4], Gen.UShort[1, ushort.MaxValue], Bytes(64), Text(63), Number, Number)
        .Select((address, port, id, version, seen, up) => new RegistryNode(new IPAddress(address).ToString(), port, Convert.ToHexStringLower(id), version, seen, up)).Array[0, 30].Sample(
        nodes =>
        {
            Assert.Equal(RecordStatus.Ok, RegistryCodec.Read(RegistryCodec.Write(nodes), out List<RegistryNode> read));
            Assert.Equal(nodes, read);
        },
        iter: Records);

    [Fact]
    public void Chunks() => Gen.OneOf(Bytes(5000), Gen.Int[0, 150_000].Select(length => new byte[length]), Gen.Int[0, 4].Select(Noise)).Sample(
        record =>
        {
            Chunk[] read = [.. ChunkedRecord.Split(record).Select(ChunkCodec.Write).Select(data =>
            {
                Assert.Equal(RecordStatus.Ok, ChunkCodec.Read(data, out Chunk? chunk));
                Assert.Equal(data, ChunkCodec.Write(chunk!));
                return chunk!;
            })];
            Assert.Equal(RecordStatus.Ok, ChunkedRecord.Join(read, record.Length, out byte[]? whole));
            Assert.Equal(record, whole);
            Assert.True(record.Length == 0 || ChunkedRecord.Join(read, record.Length - 1, out _) == RecordStatus.TooLarge);
        },
        iter: Records);

    // Does not compress: as many chunks, and one byte to each side of their border.
    private static byte[] Noise(int chunks)
    {
        byte[] noise = new byte[chunks * ChunkCodec.PayloadBytesMax + 1];
        new Random(chunks).NextBytes(noise);
        return noise;
    }
}

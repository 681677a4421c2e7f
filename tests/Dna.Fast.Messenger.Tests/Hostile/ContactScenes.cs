using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

/// <summary>Alice's contacts as another device of Alice's reads them.</summary>
internal sealed class ContactListScene : HostileScene
{
    private ContactList _local;

    public ContactListScene() => _local = ContactList.Empty(Alice.Keys.Fingerprint);

    protected override InfoHash Key => DnaKeys.ContactList(Alice.Keys.Fingerprint);

    // First Bob and Carol, then Bob alone: an old list put again must not bring Carol back.
    public override async Task WriteAsync(int version)
    {
        if (version == 1)
        {
            _local = (await Alice.Contacts.AddAsync(Alice.Keys, _local, Bob.Keys.Fingerprint, Deadline)).Value!;
            _local = (await Alice.Contacts.AddAsync(Alice.Keys, _local, Carol.Keys.Fingerprint, Deadline)).Value!;
        }
        else
        {
            _local = (await Alice.Contacts.RemoveAsync(Alice.Keys, _local, Carol.Keys.Fingerprint, Deadline)).Value!;
        }
    }

    public override async Task<string> ReadAsync() =>
        (await Alice.Contacts.FetchAsync(Alice.Keys, Deadline)).Value is { } list ? string.Join(", ", list.Contacts.Select(Name).Order()) : "";

    public override string Expected(int version) => version == 1 ? "bob, carol" : "bob";

    public override IEnumerable<byte[]> Forged()
    {
        ContactList hostile = Hostile(Alice.Keys.Fingerprint);
        byte[] json = ContactListCodec.WriteJson(hostile);
        // Sealed to Alice by Mallory, whom the outer signature cannot hide either.
        yield return Frame(Mallory.Keys.Seal([Alice.Keys.EncryptionKey], json)!, Mallory.Keys, json);
        yield return Frame(Mallory.Keys.Seal([Alice.Keys.EncryptionKey], json)!, Alice.Keys, [1]);
        // An envelope of Alice's own that holds something else.
        byte[] letter = Alice.Keys.Seal([Alice.Keys.EncryptionKey, Mallory.Keys.EncryptionKey], "a letter"u8)!;
        yield return Frame(letter, Alice.Keys, "a letter"u8);
    }

    public override IEnumerable<byte[]> Foreign()
    {
        yield return ContactListCodec.Seal(Mallory.Keys, Hostile(Mallory.Keys.Fingerprint))!;
        yield return ContactListCodec.Seal(Alice.Keys, Hostile(Mallory.Keys.Fingerprint))!;
    }

    public override IEnumerable<byte[]> Oversized()
    {
        ContactList many = Hostile(Alice.Keys.Fingerprint) with { Contacts = [.. Enumerable.Range(0, 4097).Select(i => $"{i:x128}")] };
        yield return ContactListCodec.Seal(Alice.Keys, many)!;
        byte[] list = ContactListCodec.Seal(Alice.Keys, Hostile(Alice.Keys.Fingerprint))!;
        yield return [.. list.AsSpan(0, 21), 0xFF, 0xFF, 0xFF, 0xFF, .. list.AsSpan(25)];
    }

    private ContactList Hostile(string identity) => new(identity, Later, [Mallory.Keys.Fingerprint], [], [new ContactChange(Bob.Keys.Fingerprint, Later)]);

    private byte[] Frame(byte[] envelope, IUserKeys signer, ReadOnlySpan<byte> signed)
    {
        byte[] signature = new byte[signer.Suite.SignatureBytes];
        signer.Sign(signed, signature);
        return new ByteWriter().UInt32(0x434C5354).Byte(1).UInt64(Later).UInt64(Later + RecordLimits.WeekSeconds)
            .UInt32((uint)envelope.Length).Bytes(envelope).UInt32((uint)signature.Length).Bytes(signature).ToArray();
    }

    private string Name(string fingerprint) => fingerprint == Bob.Keys.Fingerprint ? "bob" : fingerprint == Carol.Keys.Fingerprint ? "carol" : "somebody else";
}

/// <summary>Who asks Bob.</summary>
internal sealed class ContactRequestScene : HostileScene
{
    protected override InfoHash Key => DnaKeys.ContactRequests(Bob.Keys.Fingerprint);

    public override Task WriteAsync(int version) => Alice.Requests.SendAsync(Alice.Keys, Bob.Keys.Fingerprint, "alice", $"please {version}", Deadline);

    public override async Task<string> ReadAsync() =>
        string.Join(", ", (await Bob.Requests.ListAsync(Bob.Keys.Fingerprint, Deadline)).Value!.Select(request => $"{Name(request.Sender)}: {request.Message}"));

    public override string Expected(int version) => $"alice: please {version}";

    public override IEnumerable<byte[]> Forged()
    {
        byte[] own = ContactRequestCodec.Sign(Mallory.Keys, Bob.Keys.Fingerprint, "alice", "hostile", Later)!;
        // Alice's fingerprint in place of Mallory's, with and without Alice's key.
        byte[] named = [.. own];
        System.Text.Encoding.ASCII.GetBytes(Alice.Keys.Fingerprint, named.AsSpan(21));
        yield return named;
        byte[] keyed = [.. named];
        Alice.Keys.SigningKey.Span.CopyTo(keyed.AsSpan(21 + 129 + ContactRequestCodec.NameSize));
        yield return keyed;
    }

    public override IEnumerable<byte[]> Foreign()
    {
        // Alice asked Carol, and Carol, or whoever saw it, lets Alice ask Bob.
        yield return ContactRequestCodec.Sign(Alice.Keys, Carol.Keys.Fingerprint, "alice", "to carol", Later)!;
        yield return ContactRequestCodec.Sign(Carol.Keys, Alice.Keys.Fingerprint, "carol", "to alice", Later)!;
    }

    public override IEnumerable<byte[]> Oversized()
    {
        byte[] own = ContactRequestCodec.Sign(Mallory.Keys, Bob.Keys.Fingerprint, "mallory", "hostile", Later)!;
        yield return [.. own, .. new byte[50_000]];
        // A text that fills its field leaves no zero to end it.
        byte[] endless = [.. own];
        endless.AsSpan(21 + 129, ContactRequestCodec.NameSize).Fill((byte)'x');
        yield return endless;
    }

    private string Name(string fingerprint) => fingerprint == Alice.Keys.Fingerprint ? "alice" : "somebody else";
}

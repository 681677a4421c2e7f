using System.Text;

namespace Dna.Fast.Messenger.Tests.Keyserver;

public sealed class KeyserverRecordTests
{
    [Fact]
    public void The_originals_public_keys_verify_and_are_written_again_byte_for_byte()
    {
        byte[] data = Users.Fixture("pubkey.0");
        Assert.Equal(RecordStatus.Ok, PublicKeyCodec.ReadVerified(data, Users.Known, Users.AliceFingerprint, out PublicKeyEntry? entry));
        Assert.Equal("alice_1", entry!.Identity);
        Assert.Equal(1U, entry.Version);
        Assert.Equal(Users.Alice.EncryptionKey.ToArray(), entry.EncryptionKey.ToArray());
        Assert.Equal(data, PublicKeyCodec.Write(entry));
    }

    [Fact]
    public void The_originals_reverse_entry_verifies_and_is_written_again_byte_for_byte()
    {
        byte[] data = Users.Fixture("reverse.0");
        Assert.Equal(RecordStatus.Ok, ReverseCodec.ReadVerified(data, Users.Known, Users.AliceFingerprint, out ReverseEntry? entry));
        Assert.Equal(Users.AliceFingerprint, entry!.Identity);
        Assert.Equal(data, ReverseCodec.Write(entry));
    }

    [Fact]
    public void The_originals_alias_is_read_and_written()
    {
        byte[] data = Users.Fixture("lookup.0");
        Assert.Equal(RecordStatus.Ok, AliasCodec.Read(data, out string? fingerprint));
        Assert.Equal(Users.AliceFingerprint, fingerprint);
        Assert.Equal(data, AliasCodec.Write(fingerprint!));
        Assert.Equal(RecordStatus.Malformed, AliasCodec.Read(data.AsSpan(1), out _));
        data[5] = (byte)'x';
        Assert.Equal(RecordStatus.Malformed, AliasCodec.Read(data, out _));
    }

    [Fact]
    public void An_entry_of_ours_has_the_originals_form_in_either_suite()
    {
        foreach (var keys in new[] { Users.Bob, Users.Fast(1) })
        {
            byte[] data = PublicKeyCodec.Write(PublicKeyCodec.Sign(keys, "bob", 1_795_363_437, 3));
            Assert.Equal(RecordStatus.Ok, PublicKeyCodec.ReadVerified(data, Users.Known, keys.Fingerprint, out PublicKeyEntry? entry));
            Assert.Equal(3U, entry!.Version);
            data = ReverseCodec.Write(ReverseCodec.Sign(keys, "bob", 1_795_363_437));
            Assert.Equal(RecordStatus.Ok, ReverseCodec.ReadVerified(data, Users.Known, keys.Fingerprint, out ReverseEntry? reverse));
            Assert.Equal("bob", reverse!.Identity);
        }
    }

    [Fact]
    public void An_entry_under_another_users_key_is_refused_although_its_own_signature_is_right()
    {
        PublicKeyEntry forged = PublicKeyCodec.Sign(Users.Bob, "alice_1", 1_795_363_437, 9);
        Assert.Equal(RecordStatus.BadSignature, PublicKeyCodec.ReadVerified(PublicKeyCodec.Write(forged), Users.Known, Users.AliceFingerprint, out _));
        // It may state the victim's fingerprint, even under a signature: the key does not hash to it.
        PublicKeyEntry disguised = forged with { Fingerprint = Users.AliceFingerprint };
        byte[] signature = new byte[Users.Bob.Suite.SignatureBytes];
        Users.Bob.Sign(PublicKeyCodec.SignedMessage(disguised), signature);
        byte[] data = PublicKeyCodec.Write(disguised with { Signature = signature });
        Assert.Equal(RecordStatus.BadSignature, PublicKeyCodec.ReadVerified(data, Users.Known, Users.AliceFingerprint, out _));
        Assert.Equal(RecordStatus.BadSignature, PublicKeyCodec.ReadVerified(data, Users.Known, Users.BobFingerprint, out _));
        Assert.Equal(RecordStatus.BadSignature, ReverseCodec.ReadVerified(ReverseCodec.Write(ReverseCodec.Sign(Users.Bob, "x", 1)), Users.Known, Users.AliceFingerprint, out _));
    }

    [Theory]
    [InlineData("identity", "\"alice_2\"")]
    [InlineData("timestamp", "1795363438")]
    [InlineData("version", "2")]
    public void A_changed_field_breaks_the_signature(string field, string value)
    {
        string text = Encoding.UTF8.GetString(Users.Fixture("pubkey.0"));
        int at = text.IndexOf($"\"{field}\": ", StringComparison.Ordinal) + field.Length + 4, end = text.IndexOf(',', at);
        byte[] changed = Encoding.UTF8.GetBytes(text[..at] + value + text[end..]);
        Assert.Equal(RecordStatus.Ok, PublicKeyCodec.Read(changed, Users.Known, out _));
        Assert.Equal(RecordStatus.BadSignature, PublicKeyCodec.ReadVerified(changed, Users.Known, Users.AliceFingerprint, out PublicKeyEntry? entry));
        Assert.Null(entry);
    }

    [Fact]
    public void Missing_fields_and_foreign_sizes_are_told_apart_from_no_JSON()
    {
        Assert.Equal(RecordStatus.Malformed, PublicKeyCodec.Read("no json"u8, Users.Known, out _));
        Assert.Equal(RecordStatus.Incomplete, PublicKeyCodec.Read("{}"u8, Users.Known, out _));
        string text = Encoding.UTF8.GetString(Users.Fixture("pubkey.0"));
        Assert.Equal(RecordStatus.UnknownSuite, PublicKeyCodec.Read(Encoding.UTF8.GetBytes(text.Replace("\"727d", "\"", StringComparison.Ordinal)), Users.Known, out _));
        Assert.Equal(RecordStatus.UnknownSuite, PublicKeyCodec.Read(Users.Fixture("pubkey.0"), new SuiteSet(Users.Suites.Fast), out _));
    }

    [Fact]
    public void Mutated_entries_are_refused_or_read_and_never_throw()
    {
        Mutations.Feed(Users.Fixture("pubkey.0"), data => PublicKeyCodec.Read(data, Users.Known, out _));
        Mutations.Feed(Users.Fixture("reverse.0"), data => ReverseCodec.Read(data, Users.Known, out _));
        Mutations.Feed(Users.Fixture("lookup.0"), data => AliasCodec.Read(data, out _));
    }
}

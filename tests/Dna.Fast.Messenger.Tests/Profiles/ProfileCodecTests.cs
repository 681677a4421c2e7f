using System.Text;

namespace Dna.Fast.Messenger.Tests.Profiles;

public sealed class ProfileCodecTests
{
    [Fact]
    public void The_originals_profile_verifies_over_7629_bytes_and_is_written_again_byte_for_byte()
    {
        byte[] data = Users.Fixture("profile.0");
        Assert.Equal(RecordStatus.Ok, ProfileCodec.ReadVerified(data, Users.Known, Users.AliceFingerprint, trustUnsignedDisplay: true, out Profile? profile));
        Assert.Equal(7_629, ProfileMessages.Signed(profile!).Length);
        Assert.Equal(new RegisteredName("alice_1", 1_795_363_437, 1_826_899_437, "FREE_REGISTRATION", "DNA_NETWORK", 1), profile!.Name);
        Assert.Equal(data, ProfileCodec.Write(profile));
    }

    [Fact]
    public void Every_field_survives_writing_and_reading()
    {
        foreach (var keys in new[] { Users.Bob, Users.Fast(7) })
        {
            Profile full = ProfileCodec.Sign(keys, Full());
            byte[] data = ProfileCodec.Write(full);
            Assert.Equal(RecordStatus.Ok, ProfileCodec.ReadVerified(data, Users.Known, keys.Fingerprint, trustUnsignedDisplay: false, out Profile? read));
            Assert.Equal(data, ProfileCodec.Write(read!));
            Assert.Equal(full.Wallets, read!.Wallets);
            Assert.Equal(full.Socials, read.Socials);
            Assert.Equal((full.Bio, full.Picture, full.DisplayName, full.AvatarHash), (read.Bio, read.Picture, read.DisplayName, read.AvatarHash));
            Assert.Equal((full.Location, full.Website, full.CreatedAt, full.UpdatedAt), (read.Location, read.Website, read.CreatedAt, read.UpdatedAt));
            Assert.Equal((full.Name, full.Timestamp, full.Version), (read.Name, read.Timestamp, read.Version));
        }
    }

    [Fact]
    public void Fields_are_printed_in_the_originals_order_with_its_slashes()
    {
        string text = Encoding.UTF8.GetString(ProfileCodec.Write(ProfileCodec.Sign(Users.Fast(7), Full())));
        string[] order =
        [
            "{\"fingerprint\":", "\"dilithium_pubkey\":", "\"kyber_pubkey\":", "\"has_registered_name\":true", "\"registered_name\":", "\"name_registered_at\":", "\"name_expires_at\":",
            "\"registration_tx_hash\":", "\"registration_network\":", "\"name_version\":", "\"wallets\":{\"btc\":", "\"eth\":", "\"socials\":{\"telegram\":", "\"display_name\":", "\"bio\":",
            "\"avatar_hash\":", "\"profile_picture_ipfs\":", "\"location\":", "\"website\":\"https:\\/\\/example.org\\/\"", "\"created_at\":", "\"updated_at\":", "\"timestamp\":",
            "\"version\":", "\"signature\":", "\"display_signature\":",
        ];
        int at = -1;
        foreach (string part in order)
        {
            int next = text.IndexOf(part, at + 1, StringComparison.Ordinal);
            Assert.True(next > at, part);
            at = next;
        }
    }

    [Fact]
    public void A_display_field_changed_on_the_way_is_emptied_and_the_rest_stays()
    {
        var keys = Users.Fast(7);
        byte[] changed = ProfileCodec.Write(ProfileCodec.Sign(keys, Full()) with { DisplayName = "Somebody else" });
        Assert.Equal(RecordStatus.Ok, ProfileCodec.ReadVerified(changed, Users.Known, keys.Fingerprint, trustUnsignedDisplay: true, out Profile? read));
        Assert.Equal("", read!.DisplayName);
        Assert.Equal("Likes /slashes/", read.Bio);
    }

    [Fact]
    public void Display_fields_nobody_signed_are_kept_only_where_the_caller_trusts_them()
    {
        var keys = Users.Fast(7);
        byte[] old = ProfileCodec.Write(ProfileCodec.Sign(keys, Full()) with { DisplaySignature = default });
        Assert.Equal(RecordStatus.Ok, ProfileCodec.ReadVerified(old, Users.Known, keys.Fingerprint, trustUnsignedDisplay: true, out Profile? read));
        Assert.Equal("Bob B.", read!.DisplayName);
        Assert.Equal(RecordStatus.Ok, ProfileCodec.ReadVerified(old, Users.Known, keys.Fingerprint, trustUnsignedDisplay: false, out read));
        Assert.Equal("", read!.DisplayName);
    }

    [Fact]
    public void A_signed_field_changed_on_the_way_and_a_foreign_fingerprint_are_refused()
    {
        var keys = Users.Fast(7);
        Profile signed = ProfileCodec.Sign(keys, Full());
        Profile[] changed =
        [
            signed with { Bio = "x" }, signed with { Picture = "" }, signed with { Version = 9 }, signed with { Timestamp = 9 }, signed with { Name = null },
            signed with { Wallets = NamedTexts.NoWallets }, signed with { Socials = signed.Socials.With("x", "me") },
            signed with { Name = signed.Name! with { Name = "admin" } }, signed with { Name = signed.Name! with { ExpiresAt = ulong.MaxValue } },
        ];
        foreach (Profile profile in changed)
            Assert.Equal(RecordStatus.BadSignature, ProfileCodec.ReadVerified(ProfileCodec.Write(profile), Users.Known, keys.Fingerprint, trustUnsignedDisplay: true, out _));
        Assert.Equal(RecordStatus.BadSignature, ProfileCodec.ReadVerified(ProfileCodec.Write(signed), Users.Known, Users.AliceFingerprint, trustUnsignedDisplay: true, out _));
    }

    [Fact]
    public void Pain_36_fields_of_later_clients_are_kept()
    {
        var keys = Users.Fast(7);
        Profile signed = ProfileCodec.Sign(keys, Full()) with { Unknown = [new UnknownField("avatar_base64", "\"QUJD\""u8.ToArray()), new UnknownField("z", "[1,{\"a\":2}]"u8.ToArray())] };
        byte[] data = ProfileCodec.Write(signed);
        Assert.EndsWith(",\"avatar_base64\":\"QUJD\",\"z\":[1,{\"a\":2}]}", Encoding.UTF8.GetString(data), StringComparison.Ordinal);
        Assert.Equal(RecordStatus.Ok, ProfileCodec.Read(data, Users.Known, out Profile? read));
        Assert.Equal(data, ProfileCodec.Write(read!));
    }

    [Fact]
    public void Long_texts_are_cut_to_their_field_and_never_inside_a_character()
    {
        Assert.Equal("abc", ProfileText.Cut("abcdef", 4));
        Assert.Equal("a😀", ProfileText.Cut("a😀😀", 9));
        Assert.Equal("ab", ProfileText.Cut("ab\0cd", 9));
        Assert.Equal("", ProfileText.Cut(null, 9));
        Assert.Equal("abc", ProfileText.Cut("abc", 4));
    }

    [Fact]
    public void Mutated_profiles_are_refused_or_read_and_never_throw()
    {
        Mutations.Feed(Users.Fixture("profile.0"), data => ProfileCodec.Read(data, Users.Known, out _));
        var keys = Users.Fast(7);
        Mutations.Feed(ProfileCodec.Write(ProfileCodec.Sign(keys, Full())), data => ProfileCodec.ReadVerified(data, Users.Known, keys.Fingerprint, trustUnsignedDisplay: false, out _));
    }

    internal static Profile Full() => new()
    {
        Fingerprint = "",
        SigningKey = default,
        EncryptionKey = default,
        Name = new RegisteredName("Bob", 1_795_363_437, 1_826_899_437, "FREE_REGISTRATION", "DNA_NETWORK", 2),
        Wallets = NamedTexts.NoWallets.With("eth", "0x52908400098527886E0F7030069857D2E4169EE7").With("btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        Socials = NamedTexts.NoSocials.With("github", "bob").With("telegram", "@bob"),
        Bio = "Likes /slashes/",
        Picture = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        DisplayName = "Bob B.",
        AvatarHash = "00ff",
        Location = "Überall",
        Website = "https://example.org/",
        CreatedAt = 1_795_363_000,
        UpdatedAt = 1_795_363_400,
        Timestamp = 1_795_363_437,
        Version = 4,
    };
}

using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

internal sealed class PublicKeyScene : HostileScene
{
    protected override InfoHash Key => DnaKeys.PublicKeys(Alice.Keys.Fingerprint);

    public override Task WriteAsync(int version) => Alice.Keyserver.PublishAsync(Alice.Keys, $"alice_{version}", Deadline);

    public override async Task<string> ReadAsync()
    {
        PublicKeyEntry? entry = (await Bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).Value;
        // A stranger's encryption key would be as bad as a stranger's name.
        return entry is null ? "" : $"{entry.Identity} {entry.EncryptionKey.Span.SequenceEqual(Alice.Keys.EncryptionKey.Span)}";
    }

    public override string Expected(int version) => $"alice_{version} True";

    public override IEnumerable<byte[]> Forged()
    {
        PublicKeyEntry own = PublicKeyCodec.Sign(Mallory.Keys, "mallory", Later, 99);
        yield return PublicKeyCodec.Write(own with { Fingerprint = Alice.Keys.Fingerprint });
        yield return PublicKeyCodec.Write(own with { Fingerprint = Alice.Keys.Fingerprint, SigningKey = Alice.Keys.SigningKey });
        yield return PublicKeyCodec.Write(PublicKeyCodec.Sign(Alice.Keys, "alice_0", Later, 99) with { EncryptionKey = Mallory.Keys.EncryptionKey });
    }

    public override IEnumerable<byte[]> Foreign() => [PublicKeyCodec.Write(PublicKeyCodec.Sign(Mallory.Keys, "mallory", Later, 99))];

    public override IEnumerable<byte[]> Oversized()
    {
        yield return PublicKeyCodec.Write(PublicKeyCodec.Sign(Alice.Keys, new string('x', PublicKeyCodec.IdentityBytesMax + 1), Later, 99));
        yield return PublicKeyCodec.Write(PublicKeyCodec.Sign(Alice.Keys, "big", Later, 99) with { SigningKey = new byte[60_000] });
    }
}

internal sealed class ReverseScene : HostileScene
{
    protected override InfoHash Key => DnaKeys.Reverse(Alice.Keys.Fingerprint);

    public override Task WriteAsync(int version) => Alice.Keyserver.PublishAsync(Alice.Keys, $"alice_{version}", Deadline);

    public override async Task<string> ReadAsync() => (await Bob.Keyserver.ReverseAsync(Alice.Keys.Fingerprint, Deadline)).Value?.Identity ?? "";

    public override string Expected(int version) => $"alice_{version}";

    public override IEnumerable<byte[]> Forged()
    {
        ReverseEntry own = ReverseCodec.Sign(Mallory.Keys, "mallory", Later);
        yield return ReverseCodec.Write(own with { Fingerprint = Alice.Keys.Fingerprint });
        yield return ReverseCodec.Write(own with { Fingerprint = Alice.Keys.Fingerprint, SigningKey = Alice.Keys.SigningKey });
        yield return ReverseCodec.Write(ReverseCodec.Sign(Alice.Keys, "alice_0", 5) with { Timestamp = Later });
    }

    public override IEnumerable<byte[]> Foreign() => [ReverseCodec.Write(ReverseCodec.Sign(Mallory.Keys, "mallory", Later))];

    public override IEnumerable<byte[]> Oversized()
    {
        yield return ReverseCodec.Write(ReverseCodec.Sign(Alice.Keys, new string('x', PublicKeyCodec.IdentityBytesMax + 1), Later));
        yield return ReverseCodec.Write(ReverseCodec.Sign(Alice.Keys, "big", Later) with { Signature = new byte[60_000] });
    }
}

/// <summary>The name alice_1: whose is it?</summary>
internal sealed class AliasScene : HostileScene
{
    protected override InfoHash Key => DnaKeys.Alias("alice_1");

    // Mallory and Carol have profiles, and none that claims Alice's name.
    public override async Task PrepareAsync()
    {
        await Mallory.Profiles.UpdateAsync(Mallory.Keys, profile => profile with { DisplayName = "alice_1", Bio = "alice_1" }, Deadline);
        await Carol.Keyserver.RegisterAsync(Carol.Keys, "carol_1", Deadline);
    }

    public override Task WriteAsync(int version) => Alice.Keyserver.RegisterAsync(Alice.Keys, version == 1 ? "alice_0" : "Alice_1", Deadline);

    public override async Task<string> ReadAsync()
    {
        string fingerprint = (await Bob.Keyserver.LookupAsync("Alice_1", Deadline)).Value?.Fingerprint ?? "";
        // A name that was given up for another one is nobody's, whoever puts its alias again.
        string old = (await Bob.Names.OwnerAsync("alice_0", Deadline)).Value?.Fingerprint ?? "";
        return fingerprint.Length > 0 || old.Length > 0 ? $"{Name(fingerprint)}, {Name(old)}" : "";
    }

    public override string Expected(int version) => version == 1 ? "nobody, alice" : "alice, nobody";

    public override IEnumerable<byte[]> Forged() => [AliasCodec.Write(Mallory.Keys.Fingerprint)];

    public override IEnumerable<byte[]> Foreign() => [AliasCodec.Write(Carol.Keys.Fingerprint)];

    public override IEnumerable<byte[]> Oversized() => [[.. AliasCodec.Write(Mallory.Keys.Fingerprint), 0], new byte[60_000]];

    private string Name(string fingerprint) =>
        fingerprint.Length == 0 ? "nobody" : fingerprint == Alice.Keys.Fingerprint ? "alice" : "somebody else";
}

internal sealed class ProfileScene : HostileScene
{
    protected override InfoHash Key => DnaKeys.Profile(Alice.Keys.Fingerprint);

    public override Task WriteAsync(int version) =>
        Alice.Profiles.UpdateAsync(Alice.Keys, profile => profile with { Bio = $"bio {version}", DisplayName = $"Alice {version}" }, Deadline);

    public override async Task<string> ReadAsync() =>
        (await Bob.Profiles.LoadAsync(Alice.Keys.Fingerprint, Deadline)).Value is { } profile ? $"{profile.DisplayName}: {profile.Bio}" : "";

    public override string Expected(int version) => $"Alice {version}: bio {version}";

    public override IEnumerable<byte[]> Forged()
    {
        Profile own = ProfileCodec.Sign(Mallory.Keys, Draft("mine"));
        yield return ProfileCodec.Write(own with { Fingerprint = Alice.Keys.Fingerprint });
        yield return ProfileCodec.Write(own with { Fingerprint = Alice.Keys.Fingerprint, SigningKey = Alice.Keys.SigningKey, EncryptionKey = Alice.Keys.EncryptionKey });
        yield return ProfileCodec.Write(ProfileCodec.Sign(Alice.Keys, Draft("hers") with { Timestamp = 5 }) with { Timestamp = Later });
    }

    public override IEnumerable<byte[]> Foreign() => [ProfileCodec.Write(ProfileCodec.Sign(Mallory.Keys, Draft("mine")))];

    public override IEnumerable<byte[]> Oversized()
    {
        // What is cut to its field is not what was signed.
        yield return ProfileCodec.Write(ProfileCodec.Sign(Alice.Keys, Draft("hers")) with { Bio = new string('x', 50_000) });
        yield return ProfileCodec.Write(ProfileCodec.Sign(Mallory.Keys, Draft("mine")) with { Signature = new byte[30_000] });
    }

    private Profile Draft(string bio) => new() { Fingerprint = "", SigningKey = default, EncryptionKey = default, Bio = bio, Timestamp = Later, Version = 99 };
}

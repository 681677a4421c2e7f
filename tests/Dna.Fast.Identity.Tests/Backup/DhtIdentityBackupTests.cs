using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Identity.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DhtIdentityBackupTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly UserSuites Suites = new(RandomNumberGenerator.Fill);
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-backup-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeDht _dht = new();

    // Alice of the fixtures: these seeds are public.
    private readonly IIdentityKeys _alice = Suites.Messenger.FromSeeds(Repeat(0xA1), Repeat(0xA2));
    private readonly IIdentityKeys _bob = Suites.Messenger.FromSeeds(Repeat(0xB1), Repeat(0xB2));
    private readonly SecureDht _reader;

    public DhtIdentityBackupTests() => _reader = new SecureDht(_dht, null, new RsaVerifier(), _time);

    private InfoHash Place => NetworkBackup.KeyOf(_alice.Fingerprint);

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_backup_lies_where_the_original_client_looks_for_it() =>
        Assert.Equal("34249d5ddd346341d0cd54765cbb8a428d4fb39e", Place.ToString());

    [Fact]
    public void The_original_clients_backup_opens_from_a_file()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "dht_identity.0"), LocalBackup.PathOf(_folder, _alice.Fingerprint));
        BackupResult loaded = LocalBackup.Load(_folder, _alice);
        Assert.Equal((BackupStatus.Found, ""), (loaded.Status, loaded.Message));
        Assert.Equal("d1bd83561945f176f01496c41b0e24cd836f92e4", loaded.Identity!.KeyId.ToString());
    }

    [Fact]
    public void A_file_is_expected_only_when_its_identity_is()
    {
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Alice));
        BackupResult unknown = LocalBackup.Load(_folder, _alice), known = LocalBackup.Load(_folder, _alice, [TestIdentities.Alice.KeyId]);
        BackupResult other = LocalBackup.Load(_folder, _alice, [TestIdentities.Bob.KeyId]);
        Assert.Equal((BackupStatus.Found, false, ""), (unknown.Status, unknown.IsExpected, unknown.Message));
        Assert.Equal((BackupStatus.Found, true, ""), (known.Status, known.IsExpected, known.Message));
        Assert.Equal((BackupStatus.Found, false), (other.Status, other.IsExpected));
        Assert.Contains(TestIdentities.Alice.KeyId.ToString(), other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_another_identity_is_never_replaced()
    {
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Alice));
        string problem = LocalBackup.Save(_folder, _alice, TestIdentities.Bob)!;
        Assert.Contains(TestIdentities.Alice.KeyId.ToString(), problem, StringComparison.Ordinal);
        Assert.Equal(TestIdentities.Alice.KeyId, LocalBackup.Load(_folder, _alice).Identity!.KeyId);
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Alice));
        // What nobody can open is no loss.
        File.WriteAllBytes(LocalBackup.PathOf(_folder, _alice.Fingerprint), [1, 2, 3]);
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Bob));
        Assert.Equal(TestIdentities.Bob.KeyId, LocalBackup.Load(_folder, _alice).Identity!.KeyId);
    }

    [Fact]
    public async Task A_strangers_backup_is_told_and_replaces_and_makes_no_file()
    {
        // He knows alice's public key only, and signs with the identity he seals to it.
        await PublishAsync(TestIdentities.Bob);
        BackupResult fetched = await FetchAsync();
        Assert.Equal((BackupStatus.Found, false, 1), (fetched.Status, fetched.IsExpected, fetched.Identities));
        Assert.Contains(TestIdentities.Bob.KeyId.ToString(), fetched.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Alice));
        await FetchAsync();
        await FetchAsync(TestIdentities.Alice.KeyId);
        Assert.Equal(TestIdentities.Alice.KeyId, LocalBackup.Load(_folder, _alice).Identity!.KeyId);
    }

    [Fact]
    public async Task An_expected_backup_does_not_replace_a_file_with_another_identity()
    {
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Alice));
        await PublishAsync(TestIdentities.Bob);
        BackupResult fetched = await FetchAsync(TestIdentities.Bob.KeyId);
        Assert.Equal((TestIdentities.Bob.KeyId, true), (fetched.Identity!.KeyId, fetched.IsExpected));
        Assert.Contains(TestIdentities.Alice.KeyId.ToString(), fetched.Message, StringComparison.Ordinal);
        Assert.Equal(TestIdentities.Alice.KeyId, LocalBackup.Load(_folder, _alice).Identity!.KeyId);
    }

    [Fact]
    public async Task Junk_of_any_number_does_not_hide_a_backup()
    {
        // Unsigned, signed under other ids, and of sizes that no backup has.
        for (int i = 0; i < 300; i++) PlantUnsigned(new byte[4_000], (ulong)i + 1);
        for (int i = 0; i < 300; i++) Plant(TestIdentities.Bob, new byte[4_000], 0, id: (ulong)i + 2);
        for (int i = 0; i < 300; i++) PlantUnsigned(new byte[i], 1);
        for (int i = 0; i < 10; i++) PlantUnsigned(new byte[60_000], 1);
        BackupResult junk = await FetchAsync(TestIdentities.Alice.KeyId);
        Assert.Equal((BackupStatus.NotOurs, 910), (junk.Status, junk.Candidates));
        Assert.Contains("none of the 600 values", junk.Message, StringComparison.Ordinal);
        Assert.Contains("310 more can be no backup", junk.Message, StringComparison.Ordinal);
        await PublishAsync(TestIdentities.Alice);
        Assert.Equal(TestIdentities.Alice.KeyId, (await FetchAsync()).Identity!.KeyId);
    }

    [Fact]
    public async Task More_sealed_junk_than_is_opened_hides_no_expected_backup_and_is_told()
    {
        byte[] sealedJunk = _alice.Suite.SealBlob(_alice.EncryptionKey.Span, new byte[2_000])!;
        for (int i = 0; i < 300; i++) Plant(TestIdentities.Bob, sealedJunk, 0, id: (ulong)i + 1);
        BackupResult junk = await FetchAsync();
        Assert.Equal(BackupStatus.Damaged, junk.Status);
        Assert.Contains("44 more were not tried", junk.Message, StringComparison.Ordinal);
        await PublishAsync(TestIdentities.Alice);
        BackupResult fetched = await FetchAsync(TestIdentities.Alice.KeyId);
        Assert.Equal((TestIdentities.Alice.KeyId, true), (fetched.Identity!.KeyId, fetched.IsExpected));
    }

    [Fact]
    public void A_file_is_private_and_opens_for_its_user_only()
    {
        Assert.Null(LocalBackup.Save(_folder, _alice, TestIdentities.Alice));
        string path = LocalBackup.PathOf(_folder, _alice.Fingerprint);
        Assert.EndsWith(_alice.Fingerprint + "_dht_identity.enc", path, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(TestIdentities.Alice.KeyId, LocalBackup.Load(_folder, _alice).Identity!.KeyId);
        File.Move(path, LocalBackup.PathOf(_folder, _bob.Fingerprint));
        Assert.Equal(BackupStatus.NotOurs, LocalBackup.Load(_folder, _bob).Status);
        Assert.Equal(BackupStatus.Absent, LocalBackup.Load(_folder, _alice).Status);
    }

    [Fact]
    public void Files_that_are_empty_cut_or_hold_something_else_say_so()
    {
        string path = LocalBackup.PathOf(_folder, _alice.Fingerprint);
        File.WriteAllBytes(path, []);
        Assert.Equal(BackupStatus.Damaged, LocalBackup.Load(_folder, _alice).Status);
        using (FileStream large = File.Create(path)) large.SetLength((10 << 20) + 1);
        Assert.Equal(BackupStatus.Damaged, LocalBackup.Load(_folder, _alice).Status);
        LocalBackup.Save(_folder, _alice, TestIdentities.Alice);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^1]);
        Assert.Equal(BackupStatus.NotOurs, LocalBackup.Load(_folder, _alice).Status);
        File.WriteAllBytes(path, _alice.Suite.SealBlob(_alice.EncryptionKey.Span, "no identity"u8)!);
        Assert.Equal(BackupStatus.Damaged, LocalBackup.Load(_folder, _alice).Status);
        Assert.NotNull(LocalBackup.Save(Path.Combine(_folder, "none"), _alice, TestIdentities.Alice));
    }

    [Fact]
    public async Task A_published_backup_is_fetched_and_kept_as_a_file()
    {
        using SecurePermanentPut put = await PublishAsync(TestIdentities.Alice);
        Assert.Equal(SecurePutStatus.Acknowledged, put.FirstRound.Status);
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Assert.Single(_dht.Stored(Place)), out ValueView value, out _));
        Assert.Equal((1UL, TypeRegistry.Year), (value.Id, value.Type));

        BackupResult fetched = await FetchAsync(TestIdentities.Alice.KeyId);
        Assert.Equal((BackupStatus.Found, "", 1, 1), (fetched.Status, fetched.Message, fetched.Candidates, fetched.Identities));
        Assert.Equal(TestIdentities.Alice.KeyId, fetched.Identity!.KeyId);
        Assert.Equal(TestIdentities.Alice.KeyId, LocalBackup.Load(_folder, _alice).Identity!.KeyId);
    }

    [Fact]
    public async Task The_original_clients_backup_is_fetched_from_the_network()
    {
        byte[] blob = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "dht_identity.0"));
        Plant(TestIdentities.Bob, blob, 0);
        Assert.Equal("d1bd83561945f176f01496c41b0e24cd836f92e4", (await FetchAsync()).Identity!.KeyId.ToString());
    }

    [Fact]
    public async Task Of_several_identities_the_expected_one_is_taken_whatever_else_lies_there()
    {
        RsaIdentity expected = Dated(1), younger = Dated(2);
        await PublishAsync(younger);
        Plant(TestIdentities.Bob, BackupBlob.Seal(_alice, expected), 0);
        BackupResult fetched = await FetchAsync(expected.KeyId);
        Assert.Equal(expected.KeyId, fetched.Identity!.KeyId);
        Assert.Equal((true, 2, ""), (fetched.IsExpected, fetched.Identities, fetched.Message));
    }

    [Fact]
    public async Task Without_expectations_what_its_own_owner_put_goes_before_the_youngest_and_a_doubt_is_told()
    {
        RsaIdentity own = Dated(1), ownOlder = Dated(0), foreign = Dated(3);
        Plant(TestIdentities.Bob, BackupBlob.Seal(_alice, foreign), 9);
        await PublishAsync(ownOlder);
        await PublishAsync(own);
        BackupResult fetched = await FetchAsync();
        Assert.Equal(own.KeyId, fetched.Identity!.KeyId);
        Assert.Equal((false, 3, 3), (fetched.IsExpected, fetched.Identities, fetched.Candidates));
        Assert.Contains(own.KeyId.ToString(), fetched.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_the_future_is_not_the_youngest()
    {
        RsaIdentity past = Dated(1), future = Dated(400);
        await PublishAsync(future);
        await PublishAsync(past);
        Assert.Equal(past.KeyId, (await FetchAsync()).Identity!.KeyId);
    }

    [Fact]
    public async Task What_does_not_open_is_passed_over()
    {
        Plant(TestIdentities.Bob, [1, 2, 3], 0);
        Plant(TestIdentities.Bob, BackupBlob.Seal(_bob, TestIdentities.Bob), 0, id: 2);
        Plant(TestIdentities.Bob, _alice.Suite.SealBlob(_alice.EncryptionKey.Span, new byte[2_000])!, 0, id: 3);
        Assert.Equal((BackupStatus.Damaged, 3), ((await FetchAsync()).Status, (await FetchAsync()).Candidates));
        await PublishAsync(TestIdentities.Alice);
        Assert.Equal(TestIdentities.Alice.KeyId, (await FetchAsync()).Identity!.KeyId);
    }

    [Fact]
    public async Task Absent_unreachable_late_and_foreign_are_different_answers()
    {
        Assert.Equal(BackupStatus.Absent, (await FetchAsync()).Status);
        _dht.Fails = GetAnswerStatus.Unreachable;
        Assert.Equal(BackupStatus.Unreachable, (await FetchAsync()).Status);
        _dht.Fails = GetAnswerStatus.TimedOut;
        Assert.Equal(BackupStatus.TimedOut, (await FetchAsync()).Status);
        _dht.Fails = null;
        Plant(TestIdentities.Bob, BackupBlob.Seal(_bob, TestIdentities.Bob), 0);
        Assert.Equal(BackupStatus.NotOurs, (await FetchAsync()).Status);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_backup_is_never_put_by_another_identity_than_the_one_it_holds()
    {
        var dht = new SecureDht(_dht, TestIdentities.Bob, new RsaVerifier(), _time);
        await Assert.ThrowsAsync<ArgumentException>(() => NetworkBackup.PublishAsync(dht, _alice, TestIdentities.Alice, Deadline));
    }

    [Fact]
    public async Task The_fast_suite_keeps_backups_too()
    {
        using IIdentityKeys user = Suites.Fast.FromSeeds(Repeat(1), Repeat(2));
        var dht = new SecureDht(_dht, TestIdentities.Alice, new RsaVerifier(), _time);
        await NetworkBackup.PublishAsync(dht, user, TestIdentities.Alice, Deadline);
        BackupResult fetched = await NetworkBackup.FetchAsync(_reader, user, [TestIdentities.Alice.KeyId], _folder, _time, Deadline);
        Assert.Equal(TestIdentities.Alice.KeyId, fetched.Identity!.KeyId);
        Assert.Equal(BackupStatus.Found, LocalBackup.Load(_folder, user).Status);
    }

    private Task<BackupResult> FetchAsync(params InfoHash[] expected) => NetworkBackup.FetchAsync(_reader, _alice, expected, _folder, _time, Deadline);

    private Task<SecurePermanentPut> PublishAsync(RsaIdentity identity)
    {
        // Each owner in a network part of his own: with one store between them the second would find the slot taken.
        var part = new FakeDht();
        Task<SecurePermanentPut> put = NetworkBackup.PublishAsync(new SecureDht(part, identity, new RsaVerifier(), _time), _alice, identity, Deadline);
        foreach (byte[] packed in part.Stored(Place)) _dht.Plant(Place, packed);
        return put;
    }

    private void Plant(RsaIdentity owner, byte[] blob, ushort seq, ulong id = 1) =>
        _dht.Plant(Place, ValueSealer.Sign(owner, new NewSecureValue { Data = blob, Type = TypeRegistry.Year }, id, seq)!);

    private void PlantUnsigned(byte[] blob, ulong id) => _dht.Plant(Place, Unsigned(blob, id));

    private static byte[] Unsigned(byte[] blob, ulong id)
    {
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = id, Type = TypeRegistry.Year, Data = blob }.Pack(out byte[] packed));
        return packed;
    }

    /// <summary>An identity whose certificate began so many days before or after the first of November.</summary>
    private static RsaIdentity Dated(int days)
    {
        var key = RSA.Create(2048);
        return RsaIdentity.Join(key, IdentityCertificates.SelfSigned(key, new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero).AddDays(days))))!;
    }

    private static byte[] Repeat(byte value) => [.. Enumerable.Repeat(value, 32)];
}

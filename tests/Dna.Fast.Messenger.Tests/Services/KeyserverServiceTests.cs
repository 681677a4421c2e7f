using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class KeyserverServiceTests
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly TestClient _alice;
    private readonly TestClient _bob;

    public KeyserverServiceTests()
    {
        _alice = new TestClient(_network, Users.Fast(1), owner: 1, _time);
        _bob = new TestClient(_network, Users.Fast(2), owner: 2, _time);
    }

    [Fact]
    public async Task Published_keys_are_found_by_fingerprint_of_either_case()
    {
        PutReport report = await _alice.Keyserver.PublishAsync(_alice.Keys, null, Deadline);
        Assert.Equal(new PutReport(ResultCode.Success, 8), report);
        Answer<PublicKeyEntry> found = await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint.ToUpperInvariant(), Deadline);
        Assert.Equal(_alice.Keys.EncryptionKey.ToArray(), found.Value!.EncryptionKey.ToArray());
        Assert.Equal(_alice.Keys.Fingerprint, (await _bob.Keyserver.ReverseAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Identity);
        FakeSlot slot = Assert.Single(_network.At(DnaKeys.PublicKeys(_alice.Keys.Fingerprint)));
        Assert.Equal((1UL, TypeRegistry.Year), (slot.Id, slot.Newest.Type));
    }

    [Fact]
    public async Task A_changed_entry_is_later_than_the_one_before_also_within_one_second()
    {
        await _alice.Keyserver.PublishAsync(_alice.Keys, null, Deadline);
        Answer<ReverseEntry> first = await _alice.Keyserver.ReverseAsync(_alice.Keys.Fingerprint, Deadline);
        await _alice.Keyserver.PublishAsync(_alice.Keys, "alice_1", Deadline);
        Answer<ReverseEntry> second = await _alice.Keyserver.ReverseAsync(_alice.Keys.Fingerprint, Deadline);
        Assert.Equal("alice_1", second.Value!.Identity);
        Assert.True(second.Value.Timestamp > first.Value!.Timestamp);
    }

    [Fact]
    public async Task Records_the_original_client_wrote_are_found()
    {
        _network.PutUnsigned(DnaKeys.PublicKeys(Users.AliceFingerprint), Users.Fixture("pubkey.0"));
        _network.PutUnsigned(DnaKeys.Reverse(Users.AliceFingerprint), Users.Fixture("reverse.0"));
        _network.PutUnsigned(DnaKeys.Profile(Users.AliceFingerprint), Users.Fixture("profile.0"));
        _network.PutUnsigned(DnaKeys.Alias("alice_1"), Users.Fixture("lookup.0"));
        Assert.Equal(Users.AliceFingerprint, (await _bob.Keyserver.LookupAsync("ALICE_1", Deadline)).Value!.Fingerprint);
        Assert.Equal("alice_1", _bob.Names.DisplayName((await _bob.Names.OwnerAsync("Alice_1", Deadline)).Value!));
        Assert.True((await _bob.Keyserver.ReverseAsync(Users.AliceFingerprint, Deadline)).IsSuccess);
    }

    [Fact]
    public async Task A_registered_name_is_found_in_any_case_and_both_forms_are_written()
    {
        Assert.True((await _alice.Keyserver.RegisterAsync(_alice.Keys, "Alice_1", Deadline)).IsSuccess);
        foreach (string form in (string[])["Alice_1", "alice_1", "ALICE_1"])
            Assert.Equal(_alice.Keys.Fingerprint, (await _bob.Keyserver.LookupAsync(form, Deadline)).Value!.Fingerprint);
        Assert.Single(_network.At(DnaKeys.Alias("alice_1")));
        Assert.Single(_network.At(DnaKeys.Alias("Alice_1")));
        Assert.Equal("Alice_1", (await _bob.Keyserver.ReverseAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Identity);
    }

    [Fact]
    public async Task A_taken_name_is_refused_in_any_case_and_nothing_is_written()
    {
        Assert.True((await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline)).IsSuccess);
        int puts = _network.Puts;
        Assert.Equal(ResultCode.AlreadyExists, (await _bob.Keyserver.RegisterAsync(_bob.Keys, "ALICE_1", Deadline)).Code);
        Assert.Equal(puts, _network.Puts);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("a_name_of_21_letters_")]
    [InlineData("with.dot")]
    [InlineData("Admin")]
    [InlineData("ünder")]
    public async Task A_name_against_the_rules_is_refused(string name)
    {
        Assert.Equal(ResultCode.InvalidParameter, (await _alice.Keyserver.RegisterAsync(_alice.Keys, name, Deadline)).Code);
        Assert.Equal(0, _network.Gets);
    }

    [Fact]
    public async Task Names_of_the_originals_other_rules_can_still_be_looked_up()
    {
        Assert.Equal(ResultCode.NotFound, (await _alice.Keyserver.LookupAsync("some.long-name_of_36_chars", Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await _alice.Keyserver.LookupAsync(new string('a', 37), Deadline)).Code);
    }

    [Fact]
    public async Task Pain_44_an_alias_counts_only_where_the_identity_it_leads_to_claims_the_name()
    {
        await _bob.Keyserver.PublishAsync(_bob.Keys, "alice_1", Deadline);
        await _bob.Profiles.UpdateAsync(_bob.Keys, profile => profile, Deadline);
        await _bob.Names.PutAliasesAsync(_bob.Keys.Fingerprint, "alice_1", _bob.Network.Within(Deadline), default);
        Assert.Equal(ResultCode.NotFound, (await _alice.Keyserver.LookupAsync("alice_1", Deadline)).Code);
        // The slot of id 1 is the thief's for good; the owner's alias stands beside it and is found.
        Assert.True((await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline)).IsSuccess);
        Assert.Equal(2, _network.At(DnaKeys.Alias("alice_1")).Count);
        Assert.Equal(_alice.Keys.Fingerprint, (await _bob.Keyserver.LookupAsync("alice_1", Deadline)).Value!.Fingerprint);
    }

    [Fact]
    public async Task Of_two_who_claim_a_name_the_first_has_it()
    {
        _network.IsSplit = true;
        await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline);
        _time.Advance(TimeSpan.FromDays(1));
        await ClaimAnywayAsync(_bob, "Alice_1");
        for (int i = 0; i < 8; i++) Assert.Equal(_alice.Keys.Fingerprint, (await _bob.Keyserver.LookupAsync("alice_1", Deadline)).Value!.Fingerprint);
    }

    [Fact]
    public async Task A_name_that_expired_is_free_and_a_renewed_one_is_not()
    {
        await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline);
        await _bob.Keyserver.RegisterAsync(_bob.Keys, "bob_1", Deadline);
        Assert.True((await _bob.Keyserver.RenewAsync(_bob.Keys, Deadline)).IsSuccess);
        _time.Advance(TimeSpan.FromDays(366));
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.LookupAsync("alice_1", Deadline)).Code);
        Profile renewed = (await _alice.Names.OwnerAsync("bob_1", Deadline)).Value!;
        Assert.Equal(2U, renewed.Name!.Version);
        Assert.Equal(2 * NameService.RegistrationSeconds, renewed.Name.ExpiresAt - renewed.Name.RegisteredAt);
        Assert.True((await _bob.Keyserver.RegisterAsync(_bob.Keys, "alice_1", Deadline)).IsSuccess);
        // Who lets it expire and comes back finds it taken.
        Assert.Equal(ResultCode.AlreadyExists, (await _alice.Keyserver.RenewAsync(_alice.Keys, Deadline)).Code);
    }

    [Fact]
    public async Task Who_registers_the_own_name_again_keeps_its_dates()
    {
        await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline);
        RegisteredName first = (await _alice.Names.OwnerAsync("alice_1", Deadline)).Value!.Name!;
        _time.Advance(TimeSpan.FromDays(100));
        Assert.True((await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline)).IsSuccess);
        Assert.Equal(first, (await _alice.Names.OwnerAsync("alice_1", Deadline)).Value!.Name);
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.RenewAsync(_bob.Keys, Deadline)).Code);
    }

    [Fact]
    public async Task A_forged_entry_is_refused_and_the_right_one_beside_it_is_found()
    {
        var victim = DnaKeys.PublicKeys(_alice.Keys.Fingerprint);
        _network.PutUnsigned(victim, PublicKeyCodec.Write(PublicKeyCodec.Sign(_bob.Keys, "alice_1", _alice.Network.Now + 999, 99)));
        _network.PutUnsigned(victim, [1, 2, 3]);
        Assert.Equal(ResultCode.AuthenticationFailed, (await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        Assert.True((await _alice.Keyserver.PublishAsync(_alice.Keys, null, Deadline)).IsSuccess);
        for (int i = 0; i < 8; i++) Assert.Equal(_alice.Keys.Fingerprint, (await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Fingerprint);
    }

    [Fact]
    public async Task Pain_46_among_several_owners_the_newest_valid_entry_is_taken()
    {
        // Pain row 46: the same user under an owner key that was lost, and under a new one.
        var before = new TestClient(_network, _alice.Keys, owner: 9, _time);
        await before.Keyserver.PublishAsync(_alice.Keys, "old_name", Deadline);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True((await _alice.Keyserver.PublishAsync(_alice.Keys, "new_name", Deadline)).IsSuccess);
        Assert.Equal(2, _network.At(DnaKeys.PublicKeys(_alice.Keys.Fingerprint)).Count);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal("new_name", (await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Identity);
            Assert.Equal("new_name", (await _bob.Keyserver.ReverseAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Identity);
        }
    }

    [Fact]
    public async Task Absent_unreachable_and_late_are_three_answers()
    {
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.LookupAsync("nobody", Deadline)).Code);
        _network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.LookupAsync("nobody", Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.RegisterAsync(_bob.Keys, "nobody", Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.PublishAsync(_bob.Keys, null, Deadline)).Code);
        _network.IsLate = true;
        Assert.Equal(ResultCode.Timeout, (await _bob.Keyserver.LookupAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(ResultCode.Timeout, (await _bob.Keyserver.RegisterAsync(_bob.Keys, "nobody", Deadline)).Code);
        Assert.Equal(0, _network.Puts);
    }

    [Fact]
    public async Task A_name_whose_owners_profile_is_unreachable_is_not_taken_for_free()
    {
        await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline);
        _network.UnreachableKeys.Add(DnaKeys.Profile(_alice.Keys.Fingerprint));
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.RegisterAsync(_bob.Keys, "alice_1", Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.LookupAsync("alice_1", Deadline)).Code);
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_a_stopped_client_announces_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _alice.Keyserver.LookupAsync(_bob.Keys.Fingerprint, Deadline, cancelled.Token));
        await _alice.Keyserver.PublishAsync(_alice.Keys, null, Deadline);
        Assert.Equal(2, _alice.Dht.Announced);
        _alice.Network.Dispose();
        Assert.Equal(0, _alice.Dht.Announced);
    }

    [Fact]
    public async Task An_address_is_found_by_name_and_network()
    {
        await _alice.Keyserver.RegisterAsync(_alice.Keys, "alice_1", Deadline);
        const string address = "0x52908400098527886E0F7030069857D2E4169EE7";
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Wallets = profile.Wallets.With("eth", address) }, Deadline);
        Assert.Equal(address, (await _bob.Keyserver.AddressAsync("Alice_1", "eth", Deadline)).Value);
        Assert.Equal(address, (await _bob.Keyserver.AddressAsync(_alice.Keys.Fingerprint, "eth", Deadline)).Value);
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.AddressAsync("alice_1", "btc", Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await _bob.Keyserver.AddressAsync("alice_1", "no_network", Deadline)).Code);
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.AddressAsync("nobody", "btc", Deadline)).Code);
    }

    private async Task ClaimAnywayAsync(TestClient client, string name)
    {
        ulong now = client.Network.Now;
        var claim = new RegisteredName(name, now, now + NameService.RegistrationSeconds, "FREE_REGISTRATION", "DNA_NETWORK", 1);
        await client.Profiles.UpdateAsync(client.Keys, profile => profile with { Name = claim }, Deadline);
        await client.Names.PutAliasesAsync(client.Keys.Fingerprint, name, _bob.Network.Within(Deadline), default);
    }
}

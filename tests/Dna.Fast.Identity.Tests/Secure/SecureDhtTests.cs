using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity.Tests;

/// <summary>What is read, listened to, encrypted and certified.</summary>
public sealed class SecureDhtTests : SecureBed
{
    [Fact]
    public async Task A_reader_sees_the_newest_version_of_each_owner_and_never_a_deleted_ones_past()
    {
        foreach (ushort seq in (ushort[])[3, 5, 4]) _dht.Plant(Key, ValueSealer.Sign(Alice, Text("v" + seq), 1, seq)!);
        _dht.Plant(Key, ValueSealer.Sign(Bob, Text("bob's"), 1, 0)!);
        _dht.Plant(Key, ValueSealer.Sign(Bob, Text("old"), 2, 1)!);
        _dht.Plant(Key, ValueSealer.Sign(Bob, new NewSecureValue(), 2, 2)!);
        _dht.Plant(Key, Unsigned(9, "anybody's"));
        SecureGetAnswer got = await _alice.GetAllAsync(Key, default, Deadline);
        Assert.Equal(["v5", "bob's", "anybody's"], got.Values.Select(Show));
        Assert.False(got.Values[2].IsSigned);
        Assert.Equal(2UL, Assert.Single(got.Deleted).Id);
    }

    [Fact]
    public async Task Forged_and_foreign_values_never_reach_the_reader_and_are_counted()
    {
        byte[] forged = ValueSealer.Sign(Bob, Text("forged"), 1, 0)!;
        forged[^1] ^= 1;
        _dht.Plant(Key, forged);
        Assert.Equal(SecurePutStatus.Acknowledged, (await _bob.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("for bob"), Deadline)).Status);
        SecureGetAnswer got = await _alice.GetAsync(Key, default, Deadline);
        Assert.Equal(GetAnswerStatus.Absent, got.Status);
        Assert.Equal((1, 1), (got.Forged, got.Undecryptable));
        _dht.Plant(Key, Unsigned(9, "good"));
        Assert.Equal("good", Show(Assert.Single((await _alice.GetAsync(Key, default, Deadline)).Values)));
    }

    [Fact]
    public async Task Without_an_identity_one_can_read_what_is_signed_and_no_more()
    {
        var reader = new SecureDht(_dht, null, new RsaVerifier(), _time);
        await _alice.PutSignedAsync(Key, Text("signed"), Deadline);
        await _alice.PutEncryptedAsync(Key, KeyName.Of(Alice.KeyId), Text("encrypted"), Deadline);
        Assert.Equal("signed", Show(Assert.Single((await reader.GetAllAsync(Key, default, Deadline)).Values)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.PutSignedAsync(Key, Text("x"), Deadline));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.PublishCertificateAsync(Deadline));
    }

    [Fact]
    public async Task A_listener_hears_genuine_values_and_the_end_of_those_alone()
    {
        byte[] good = ValueSealer.Sign(Bob, Text("good"), 1, 0)!, forged = ValueSealer.Sign(Bob, Text("bad"), 2, 0)!;
        forged[^1] ^= 1;
        _dht.Tell(new ListenEvent(ValueChange.Stored, 2, forged));
        _dht.Tell(new ListenEvent(ValueChange.Gone, 2, default));
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, good));
        _dht.Tell(new ListenEvent(ValueChange.Refreshed, 1, good));
        _dht.Tell(new ListenEvent(ValueChange.Gone, 1, default));
        _dht.EndTelling();
        var heard = new List<SecureListenEvent>();
        await foreach (SecureListenEvent change in _alice.ListenAsync(Key, default)) heard.Add(change);
        Assert.Equal([ValueChange.Stored, ValueChange.Refreshed, ValueChange.Gone], heard.Select(change => change.Change));
        Assert.All(heard, change => Assert.Equal(1UL, change.ValueId));
        Assert.Equal(Bob.KeyId, heard[0].Value!.OwnerId);
        Assert.Null(heard[2].Value);
    }

    [Fact]
    public async Task Strangers_cyphers_cost_a_reader_so_much_and_no_more_and_hide_nothing_signed()
    {
        Assert.Equal(SecurePutStatus.Acknowledged, (await _bob.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("for bob"), Deadline)).Status);
        PlantCyphers(1_000);
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("signed"), 1, 0)!);
        SecureGetAnswer got = await _bob.GetAllAsync(Key, default, Deadline);
        Assert.Equal(["for bob", "signed"], got.Values.Select(Show));
        Assert.Equal((AnswerOpener.DecryptionsMax - 1, 1_001 - AnswerOpener.DecryptionsMax, false), (got.Undecryptable, got.Untried, got.IsComplete));
        Assert.Equal(1_000, got.Sealed.Count);
        Assert.Equal((got.Undecryptable, got.Untried), (_bob.Figures.Undecryptable, _bob.Figures.Untried));
    }

    [Fact]
    public async Task What_cannot_be_for_us_by_its_length_is_no_work()
    {
        PlantCyphers(1_000, cypherBytes: 257);
        SecureGetAnswer got = await _bob.GetAllAsync(Key, default, Deadline);
        Assert.Equal((1_000, 0, true), (got.Undecryptable, got.Untried, got.IsComplete));
    }

    [Fact]
    public async Task No_cypher_is_opened_after_the_deadline_but_for_the_first_few()
    {
        PlantCyphers(100);
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("signed"), 1, 0)!);
        var reader = new SecureDht(_dht, Bob, new RsaVerifier(), new SteppingTime(TimeSpan.FromMilliseconds(200)));
        SecureGetAnswer got = await reader.GetAllAsync(Key, default, TimeSpan.FromMilliseconds(300));
        Assert.Equal((AnswerOpener.LateDecryptionsMax, 100 - AnswerOpener.LateDecryptionsMax, false), (got.Undecryptable, got.Untried, got.IsComplete));
        Assert.Equal("signed", Show(Assert.Single(got.Values)));
    }

    [Fact]
    public async Task Nothing_is_opened_for_who_has_cancelled()
    {
        PlantCyphers(100);
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("signed"), 1, 0)!);
        using var cancellation = new CancellationTokenSource();
        var reader = new SecureDht(_dht, Bob, new CancellingVerifier(cancellation), _time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.GetAllAsync(Key, default, Deadline, cancellation.Token));
        Assert.Equal((0, 0), (reader.Figures.Undecryptable, reader.Figures.Untried));
    }

    [Fact]
    public async Task Who_puts_opens_no_cypher_to_see_that_a_slot_is_taken()
    {
        SecurePutAnswer first = await _bob.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("x") with { Id = 7 }, Deadline);
        SecurePutAnswer second = await _bob.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("y") with { Id = 7 }, Deadline);
        Assert.Equal((SecurePutStatus.Acknowledged, SecurePutStatus.SlotTaken), (first.Status, second.Status));
        Assert.Equal(SecurePutStatus.SlotTaken, (await _bob.PutSignedAsync(Key, Text("z") with { Id = 7 }, Deadline)).Status);
        Assert.Equal((0, 0), (_bob.Figures.Decrypted, _bob.Figures.Undecryptable));
    }

    [Fact]
    public async Task A_listener_never_hears_an_older_version_after_a_newer_one()
    {
        foreach (ushort seq in (ushort[])[3, 5, 4, 5, 6]) _dht.Tell(new ListenEvent(ValueChange.Stored, 1, ValueSealer.Sign(Bob, Text("v" + seq), 1, seq)!));
        // Another owner counts for himself, and what is gone may begin anew.
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, ValueSealer.Sign(Alice, Text("alice's"), 1, 0)!));
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, ValueSealer.Sign(Bob, Text("v2"), 1, 2)!));
        _dht.Tell(new ListenEvent(ValueChange.Gone, 1, default));
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, ValueSealer.Sign(Bob, Text("v0"), 1, 0)!));
        Assert.Equal(["v3", "v5", "v5", "v6", "alice's", "gone", "v0"], (await HearAsync()).Select(change => change.Value is { } value ? Show(value) : "gone"));
    }

    [Fact]
    public async Task What_is_gone_is_told_of_the_owner_it_belonged_to_and_of_nobody_else()
    {
        byte[] forged = ValueSealer.Sign(Bob, Text("forged"), 1, 9)!;
        forged[^1] ^= 1;
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, ValueSealer.Sign(Alice, Text("alice's"), 1, 0)!));
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, forged));
        _dht.Tell(new ListenEvent(ValueChange.Gone, 1, default));
        _dht.Tell(new ListenEvent(ValueChange.Stored, 1, ValueSealer.Sign(Bob, Text("bob's"), 1, 0)!));
        _dht.Tell(new ListenEvent(ValueChange.Gone, 1, default));
        Assert.Equal([(ValueChange.Stored, Alice.KeyId), (ValueChange.Stored, Bob.KeyId), (ValueChange.Gone, Bob.KeyId)], (await HearAsync()).Select(change => (change.Change, change.OwnerId)));
    }

    [Fact]
    public void A_listeners_memory_is_bounded_and_what_it_forgets_is_told()
    {
        var versions = new ListenedVersions(max: 2);
        foreach (ulong id in (ulong[])[1, 2, 3]) Assert.True(versions.Take(id, Version(id, 5)));
        Assert.False(versions.Take(2, Version(2, 4)));
        Assert.True(versions.Take(3, Version(3, 4)));
        Assert.True(versions.TakeGone(3, out InfoHash owner));
        Assert.Equal(default, owner);
        Assert.True(versions.TakeGone(1, out owner));
        Assert.Equal(Alice.KeyId, owner);
        static VerifiedValue Version(ulong id, ushort seq) => new() { Id = id, Type = 0, Data = default, Seq = seq, OwnerId = Alice.KeyId, Packed = default };
    }

    private async Task<List<SecureListenEvent>> HearAsync()
    {
        _dht.EndTelling();
        var heard = new List<SecureListenEvent>();
        await foreach (SecureListenEvent change in _alice.ListenAsync(Key, default)) heard.Add(change);
        return heard;
    }

    /// <summary>Lays down what anybody can: random bytes that say to be encrypted.</summary>
    private void PlantCyphers(int count, int cypherBytes = 256 + 28 + 256)
    {
        for (int i = 0; i < count; i++)
        {
            new ValueBuilder { Id = 1_000UL + (ulong)i, Cypher = RandomNumberGenerator.GetBytes(cypherBytes) }.Pack(out byte[] packed);
            _dht.Plant(Key, packed);
        }
    }

    /// <summary>A clock that goes on by one step each time somebody looks.</summary>
    private sealed class SteppingTime(TimeSpan step) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += step.Ticks;
    }

    private sealed class CancellingVerifier(CancellationTokenSource cancellation) : IValueVerifier
    {
        public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
        {
            cancellation.Cancel();
            return true;
        }

        public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => null;
    }
}

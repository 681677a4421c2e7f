using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Identity.Tests;

public sealed class SecureDhtTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly InfoHash Key = InfoHash.OfKey("key");
    private static readonly RsaIdentity Alice = TestIdentities.Alice;
    private static readonly RsaIdentity Bob = TestIdentities.Bob;
    private readonly FakeDht _dht = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SecureDht _alice;
    private readonly SecureDht _bob;

    public SecureDhtTests()
    {
        _alice = new SecureDht(_dht, Alice, new RsaVerifier(), _time);
        _bob = new SecureDht(_dht, Bob, new RsaVerifier(), _time);
    }

    [Fact]
    public async Task A_signed_value_is_read_with_its_owner_and_seq()
    {
        SecurePutAnswer put = await _alice.PutSignedAsync(Key, Text("hello") with { Id = 7, Type = TypeRegistry.Year, UserType = "text/plain" }, Deadline);
        Assert.Equal(new SecurePutAnswer(SecurePutStatus.Acknowledged, 7, 0, 1, 1), put);
        SecureGetAnswer got = await _bob.GetAllAsync(Key, default, Deadline);
        VerifiedValue value = Assert.Single(got.Values);
        Assert.True(value.IsSigned);
        Assert.False(value.WasEncrypted);
        Assert.Equal((7UL, TypeRegistry.Year, "hello", "text/plain", (ushort)0), (value.Id, value.Type, Show(value), value.UserType, value.Seq));
        Assert.Equal(Alice.KeyId, value.OwnerId);
        Assert.Equal(Alice.PublicKey.ToArray(), value.Owner.ToArray());
        Assert.Equal(1, _bob.Figures.Verified);
    }

    [Fact]
    public async Task Each_put_raises_the_seq_that_lies_there()
    {
        for (int i = 0; i < 3; i++) Assert.Equal(i, (await _alice.PutSignedAsync(Key, Text("v" + i) with { Id = 7 }, Deadline)).Seq);

        // Another client of the same owner knows only what the network says.
        var other = new SecureDht(_dht, Alice, new RsaVerifier(), _time);
        Assert.Equal(3, (await other.PutSignedAsync(Key, Text("v3") with { Id = 7 }, Deadline)).Seq);
        Assert.Equal("v3", Show(Assert.Single((await _bob.GetAllAsync(Key, default, Deadline)).Values)));
    }

    [Fact]
    public async Task A_network_that_lost_the_value_is_not_told_an_old_seq()
    {
        await _alice.PutSignedAsync(Key, Text("a") with { Id = 7 }, Deadline);
        await _alice.PutSignedAsync(Key, Text("b") with { Id = 7 }, Deadline);
        _dht.Fails = GetAnswerStatus.TimedOut;
        Assert.Equal(2, (await _alice.PutSignedAsync(Key, Text("c") with { Id = 7 }, Deadline)).Seq);
    }

    [Fact]
    public async Task Puts_at_the_same_time_follow_one_another()
    {
        var held = new TaskCompletionSource();
        _dht.GetsWaitFor = held.Task;
        Task<SecurePutAnswer>[] puts = [.. Enumerable.Range(0, 5).Select(i => _alice.PutSignedAsync(Key, Text("v" + i) with { Id = 7 }, Deadline))];
        held.SetResult();
        SecurePutAnswer[] answers = await Task.WhenAll(puts);
        Assert.Equal([0, 1, 2, 3, 4], answers.Select(answer => (int)answer.Seq).Order());
    }

    [Fact]
    public async Task A_put_that_waits_for_its_turn_ends_with_its_deadline_and_gives_the_turn_on()
    {
        var held = new TaskCompletionSource();
        _dht.GetsWaitFor = held.Task;
        Task<SecurePutAnswer> first = _alice.PutSignedAsync(Key, Text("first") with { Id = 7 }, TimeSpan.FromHours(1));
        Task<SecurePutAnswer> second = _alice.PutSignedAsync(Key, Text("second") with { Id = 7 }, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SecurePutStatus.TimedOut, (await second).Status);
        held.SetResult();
        Assert.Equal(0, (await first).Seq);
        Assert.Equal(1, (await _alice.PutSignedAsync(Key, Text("third") with { Id = 7 }, Deadline)).Seq);
    }

    [Fact]
    public async Task Another_owners_slot_is_left_alone_with_a_clear_answer()
    {
        await _bob.PutSignedAsync(Key, Text("bob's") with { Id = 7 }, Deadline);
        Assert.Equal(SecurePutStatus.SlotTaken, (await _alice.PutSignedAsync(Key, Text("alice's") with { Id = 7 }, Deadline)).Status);
        SecurePermanentPut permanent = await _alice.PutSignedPermanentAsync(Key, Text("alice's") with { Id = 7 }, Deadline);
        Assert.Equal(SecurePutStatus.SlotTaken, permanent.FirstRound.Status);
        Assert.False(permanent.IsAnnounced);
        Assert.Equal("bob's", Show(Assert.Single((await _alice.GetAllAsync(Key, default, Deadline)).Values)));
    }

    [Fact]
    public async Task A_value_whose_type_allows_no_edit_is_not_put_over()
    {
        const ushort unknown = 77;
        await _alice.PutSignedAsync(Key, Text("a") with { Id = 7, Type = unknown }, Deadline);
        Assert.Equal(SecurePutStatus.NotEditable, (await _alice.PutSignedAsync(Key, Text("b") with { Id = 7 }, Deadline)).Status);
    }

    [Fact]
    public async Task After_the_last_seq_there_is_no_other()
    {
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("last"), 7, ushort.MaxValue)!);
        Assert.Equal(SecurePutStatus.SeqExhausted, (await _alice.PutSignedAsync(Key, Text("more") with { Id = 7 }, Deadline)).Status);
        Assert.Empty(_dht.Puts);
    }

    [Fact]
    public async Task What_is_too_large_is_not_sent()
    {
        var large = new NewSecureValue { Data = new byte[65_000] };
        Assert.Equal(SecurePutStatus.TooLarge, (await _alice.PutSignedAsync(Key, large, Deadline)).Status);
        Assert.Equal(SecurePutStatus.TooLarge, (await _alice.PutEncryptedAsync(Key, KeyName.Of(Alice.KeyId), large, Deadline)).Status);
        Assert.Empty(_dht.Puts);
    }

    [Fact]
    public async Task A_forged_value_of_ours_does_not_raise_our_seq()
    {
        byte[] forged = ValueSealer.Sign(Alice, Text("forged"), 7, 9)!;
        forged[^1] ^= 1;
        _dht.Plant(Key, forged);
        await _alice.PutSignedAsync(InfoHash.OfKey("elsewhere"), Text("x") with { Id = 7 }, Deadline);
        SecurePutAnswer answer = await _alice.PutSignedAsync(Key, Text("real") with { Id = 7 }, Deadline);
        Assert.Equal(0, answer.Seq);
        Assert.Equal(1, _alice.Figures.Forged);
    }

    [Fact]
    public async Task A_newer_permanent_put_ends_the_older_announcement_and_only_that()
    {
        SecurePermanentPut first = await _alice.PutSignedPermanentAsync(Key, Text("one") with { Id = 7 }, Deadline);
        SecurePermanentPut second = await _alice.PutSignedPermanentAsync(Key, Text("two") with { Id = 7 }, Deadline);
        Assert.Single(_dht.Ended);
        // The first handle is of the past: it must not end the second announcement.
        first.Dispose();
        Assert.Single(_dht.Ended);
        second.Dispose();
        second.Dispose();
        Assert.Equal(2, _dht.Ended.Count);
        Assert.Equal(_dht.Puts.Select(put => put.Packed), _dht.Ended);
    }

    [Fact]
    public async Task A_deleted_value_is_gone_for_readers_and_its_slot_stays_ours()
    {
        await _alice.PutSignedAsync(Key, Text("secret") with { Id = 7, Type = TypeRegistry.ThirtyDays }, Deadline);
        SecurePutAnswer deleted = await _alice.DeleteAsync(Key, 7, Deadline);
        Assert.Equal((SecurePutStatus.Acknowledged, (ushort)1), (deleted.Status, deleted.Seq));
        SecureGetAnswer got = await _bob.GetAllAsync(Key, default, Deadline);
        Assert.Equal(GetAnswerStatus.Absent, got.Status);
        Assert.Empty(got.Values);
        VerifiedValue tombstone = Assert.Single(got.Deleted);
        Assert.Equal((TypeRegistry.ThirtyDays, (ushort)1), (tombstone.Type, tombstone.Seq));
        Assert.Equal(2, (await _alice.PutSignedAsync(Key, Text("again") with { Id = 7 }, Deadline)).Seq);
        Assert.Equal("again", Show(Assert.Single((await _bob.GetAsync(Key, default, Deadline)).Values)));
    }

    [Fact]
    public async Task What_is_not_ours_cannot_be_deleted_and_what_cannot_be_asked_is_not_said_to_be_absent()
    {
        Assert.Equal(SecurePutStatus.NothingToDelete, (await _alice.DeleteAsync(Key, 7, Deadline)).Status);
        await _bob.PutSignedAsync(Key, Text("bob's") with { Id = 7 }, Deadline);
        Assert.Equal(SecurePutStatus.NothingToDelete, (await _alice.DeleteAsync(Key, 7, Deadline)).Status);
        _dht.Fails = GetAnswerStatus.Unreachable;
        Assert.Equal(SecurePutStatus.Unreachable, (await _alice.DeleteAsync(Key, 7, Deadline)).Status);
        _dht.Fails = GetAnswerStatus.TimedOut;
        Assert.Equal(SecurePutStatus.TimedOut, (await _alice.DeleteAsync(Key, 7, Deadline)).Status);
    }

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
    public async Task A_cancelled_operation_throws_and_leaves_its_turn()
    {
        var held = new TaskCompletionSource();
        _dht.GetsWaitFor = held.Task;
        using var cancellation = new CancellationTokenSource();
        Task<SecurePutAnswer> put = _alice.PutSignedAsync(Key, Text("x") with { Id = 7 }, Deadline, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        held.SetResult();
        Assert.Equal(SecurePutStatus.Acknowledged, (await _alice.PutSignedAsync(Key, Text("y") with { Id = 7 }, Deadline)).Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _alice.PublishCertificateAsync(Deadline, cancellation.Token));
    }

    private static NewSecureValue Text(string text) => new() { Data = Encoding.UTF8.GetBytes(text) };

    private static string Show(VerifiedValue value) => Encoding.UTF8.GetString(value.Data.Span);

    private static byte[] Unsigned(ulong id, string text)
    {
        new ValueBuilder { Id = id, Data = Encoding.UTF8.GetBytes(text) }.Pack(out byte[] packed);
        return packed;
    }
}

using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity.Tests;

/// <summary>Signed puts: seq, turns, slots, announcements, deletions.</summary>
public sealed class SecurePutTests : SecureBed
{
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

    [Theory]
    [InlineData(GetAnswerStatus.Unreachable, SecurePutStatus.Unreachable)]
    [InlineData(GetAnswerStatus.TimedOut, SecurePutStatus.TimedOut)]
    public async Task A_client_that_can_neither_read_nor_remember_its_last_seq_sends_nothing(GetAnswerStatus read, SecurePutStatus expected)
    {
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("v3"), 7, 3)!);
        _dht.Fails = read;
        Assert.Equal(new SecurePutAnswer(expected, 7, 0, 0, 0), await _alice.PutSignedAsync(Key, Text("v4") with { Id = 7 }, Deadline));
        using SecurePermanentPut permanent = await _alice.PutSignedPermanentAsync(Key, Text("v4") with { Id = 7 }, Deadline);
        Assert.Equal((expected, false), (permanent.FirstRound.Status, permanent.IsAnnounced));
        Assert.Empty(_dht.Puts);
    }

    [Fact]
    public async Task A_read_that_was_cut_short_is_none()
    {
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("v3"), 7, 3)!);
        _dht.IsIncomplete = true;
        Assert.Equal(SecurePutStatus.TimedOut, (await _alice.PutSignedAsync(Key, Text("v4") with { Id = 7 }, Deadline)).Status);
        Assert.Empty(_dht.Puts);
        // Where nothing can lie nothing has to be read.
        Assert.Equal(SecurePutStatus.Acknowledged, (await _alice.PutSignedAsync(Key, Text("new"), Deadline)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_another_device_put_meanwhile_is_put_over_with_a_higher_seq(bool isPermanent)
    {
        _dht.BeforePut = (_, _) =>
        {
            _dht.BeforePut = null;
            _dht.Plant(Key, ValueSealer.Sign(Alice, Text("phone's"), 7, 4)!);
        };
        NewSecureValue mine = Text("laptop's") with { Id = 7 };
        SecurePutAnswer answer = isPermanent
            ? (await _alice.PutSignedPermanentAsync(Key, mine, Deadline)).FirstRound : await _alice.PutSignedAsync(Key, mine, Deadline);
        Assert.Equal(new SecurePutAnswer(SecurePutStatus.Acknowledged, 7, 5, 1, 1), answer);
        Assert.Equal("laptop's", Show(Assert.Single((await _bob.GetAllAsync(Key, default, Deadline)).Values)));
        Assert.Equal(isPermanent ? 1 : 0, _dht.Ended.Count);
    }

    [Fact]
    public async Task Who_is_outrun_each_time_is_told_so_in_the_end()
    {
        _dht.BeforePut = (_, packed) =>
        {
            Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out int _));
            _dht.Plant(Key, ValueSealer.Sign(Alice, Text("phone's"), 7, value.Seq)!);
        };
        Assert.Equal(SecurePutStatus.Outdated, (await _alice.PutSignedAsync(Key, Text("laptop's") with { Id = 7 }, Deadline)).Status);
        Assert.Equal(4, _dht.Puts.Count);
        using SecurePermanentPut permanent = await _alice.PutSignedPermanentAsync(Key, Text("laptop's") with { Id = 7 }, Deadline);
        Assert.Equal((SecurePutStatus.Outdated, false), (permanent.FirstRound.Status, permanent.IsAnnounced));
        Assert.Equal(4, _dht.Ended.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_made_from_another_is_put_after_that_one_only(bool isPermanent)
    {
        _dht.Plant(Key, ValueSealer.Sign(Alice, Text("phone's"), 7, 4)!);
        foreach (int? tooOld in (int?[])[-1, 3]) Assert.Equal(SecurePutStatus.Outdated, (await PutAsync(tooOld)).Status);
        // What was not taken counts as no version that is known.
        Assert.Equal(SecurePutStatus.Outdated, (await PutAsync(3)).Status);
        Assert.Equal("phone's", Show(Assert.Single((await _bob.GetAllAsync(Key, default, Deadline)).Values)));
        int reads = _dht.Gets.Count;
        Assert.Equal(new SecurePutAnswer(SecurePutStatus.Acknowledged, 7, 5, 1, 1), await PutAsync(4));
        // What this client put itself is known to whoever puts through it.
        Assert.Equal(new SecurePutAnswer(SecurePutStatus.Acknowledged, 7, 6, 1, 1), await PutAsync(4));
        Assert.Equal(reads, _dht.Gets.Count);
        Assert.Equal(SecurePutStatus.SeqExhausted, (await PutAsync(ushort.MaxValue)).Status);

        async Task<SecurePutAnswer> PutAsync(int? expected)
        {
            NewSecureValue mine = Text("laptop's") with { Id = 7, ExpectedSeq = expected };
            return isPermanent ? (await _alice.PutSignedPermanentAsync(Key, mine, Deadline)).FirstRound : await _alice.PutSignedAsync(Key, mine, Deadline);
        }
    }

    [Fact]
    public async Task A_put_without_effect_leaves_the_earlier_announcement()
    {
        SecurePermanentPut first = await _alice.PutSignedPermanentAsync(Key, Text("one") with { Id = 7 }, Deadline);
        _dht.Fails = GetAnswerStatus.Unreachable;
        Assert.Equal(SecurePutStatus.Unreachable, (await _alice.PutSignedAsync(Key, Text("two") with { Id = 7 }, Deadline)).Status);
        Assert.Empty(_dht.Ended);
        _dht.Fails = null;
        _dht.BeforePut = (_, _) => throw new OperationCanceledException();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _alice.PutSignedAsync(Key, Text("three") with { Id = 7 }, Deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _alice.PutSignedPermanentAsync(Key, Text("four") with { Id = 7 }, Deadline));
        Assert.Empty(_dht.Ended);
        _dht.BeforePut = null;
        Assert.Equal(SecurePutStatus.Acknowledged, (await _alice.PutSignedAsync(Key, Text("five") with { Id = 7 }, Deadline)).Status);
        Assert.Single(_dht.Ended);
        first.Dispose();
        Assert.Single(_dht.Ended);
    }

    [Fact]
    public async Task A_put_without_a_deadline_waits_for_its_turn_and_gives_it_on()
    {
        var held = new TaskCompletionSource();
        _dht.GetsWaitFor = held.Task;
        Task<SecurePutAnswer>[] puts = [.. Enumerable.Range(0, 3).Select(i => _alice.PutSignedAsync(Key, Text("v" + i) with { Id = 7 }, TimeSpan.MaxValue))];
        Task<SecurePutAnswer> late = _alice.PutSignedAsync(Key, Text("late") with { Id = 7 }, TimeSpan.MinValue);
        Assert.Equal(SecurePutStatus.TimedOut, (await late).Status);
        held.SetResult();
        Assert.All(await Task.WhenAll(puts).WaitAsync(TimeSpan.FromSeconds(60)), answer => Assert.Equal(SecurePutStatus.Acknowledged, answer.Status));
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
}

using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class ProfileServiceTests
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly TestClient _alice;
    private readonly TestClient _bob;

    public ProfileServiceTests()
    {
        _alice = new TestClient(_network, Users.Fast(1), owner: 1, _time);
        _bob = new TestClient(_network, Users.Fast(2), owner: 2, _time);
    }

    [Fact]
    public async Task Pain_34_the_first_change_makes_a_profile_with_our_keys()
    {
        Assert.Equal(ResultCode.NotFound, (await _alice.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(new PutReport(ResultCode.Success, 8), await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "Hello", DisplayName = "A" }, Deadline));
        Profile found = (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(("Hello", "A", 1U), (found.Bio, found.DisplayName, found.Version));
        // Pain row 34: a profile with empty keys could never be verified.
        Assert.Equal(_alice.Keys.EncryptionKey.ToArray(), found.EncryptionKey.ToArray());
    }

    [Fact]
    public async Task Changes_keep_what_they_do_not_touch_and_raise_version_and_time_even_within_a_second()
    {
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "Hello", DisplayName = "A" }, Deadline);
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Location = "Here" }, Deadline);
        Profile found = (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(("Hello", "A", "Here", 2U), (found.Bio, found.DisplayName, found.Location, found.Version));
        Assert.Equal(_alice.Network.Now + 1, found.Timestamp);
    }

    [Fact]
    public async Task Changes_at_the_same_time_all_arrive()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = profile.Bio + (char)('a' + i) }, Deadline)));
        string bio = (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Bio;
        Assert.Equal("abcdefghijklmnopqrst", new string([.. bio.Order()]));
    }

    [Fact]
    public async Task Pain_35_a_profile_that_cannot_be_read_is_never_written_over()
    {
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "Hello" }, Deadline);
        _network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Location = "x" }, Deadline)).Code);
        _network.IsUnreachable = false;
        _network.IsLate = true;
        Assert.Equal(ResultCode.Timeout, (await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Location = "x" }, Deadline)).Code);
        _network.IsLate = false;
        Assert.Equal(1, _network.Puts);
        Assert.Equal("Hello", (await _alice.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Bio);
    }

    [Fact]
    public async Task Pain_6_of_old_and_new_versions_the_newest_valid_one_is_read()
    {
        var key = DnaKeys.Profile(_alice.Keys.Fingerprint);
        Profile old = ProfileCodecOf("old", 100), newest = ProfileCodecOf("new", 200);
        _network.PutUnsigned(key, ProfileCodec.Write(newest));
        _network.PutUnsigned(key, ProfileCodec.Write(old));
        _network.PutUnsigned(key, ProfileCodec.Write(newest with { Timestamp = 300 }));
        _network.PutUnsigned(key, ProfileCodec.Write(ProfileCodec.Sign(_bob.Keys, old with { Timestamp = 400 })));
        _network.PutUnsigned(key, [0, 1, 2]);
        for (int i = 0; i < 10; i++) Assert.Equal("new", (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Bio);
    }

    [Fact]
    public async Task A_replayed_old_version_does_not_become_the_base_of_a_change()
    {
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "first" }, Deadline);
        byte[] first = _network.At(DnaKeys.Profile(_alice.Keys.Fingerprint))[0].Newest.Data;
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "second" }, Deadline);
        for (int i = 0; i < 5; i++) _network.PutUnsigned(DnaKeys.Profile(_alice.Keys.Fingerprint), first);
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Location = "Here" }, Deadline);
        Profile found = (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(("second", "Here", 3U), (found.Bio, found.Location, found.Version));
    }

    [Fact]
    public async Task Only_forged_profiles_are_an_answer_of_their_own_and_do_not_keep_us_from_ours()
    {
        _network.PutUnsigned(DnaKeys.Profile(_alice.Keys.Fingerprint), Users.Fixture("profile.0"));
        Assert.Equal(ResultCode.AuthenticationFailed, (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        Assert.True((await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "mine" }, Deadline)).IsSuccess);
        Assert.Equal("mine", (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Bio);
    }

    [Fact]
    public async Task A_copy_with_changed_display_fields_does_not_win_over_the_original()
    {
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { DisplayName = "Alice" }, Deadline);
        var key = DnaKeys.Profile(_alice.Keys.Fingerprint);
        Assert.Equal(RecordStatus.Ok, ProfileCodec.Read(_network.At(key)[0].Newest.Data, Users.Known, out Profile? copy));
        _network.PutUnsigned(key, ProfileCodec.Write(copy! with { DisplayName = "Mallory", DisplaySignature = default }));
        for (int i = 0; i < 10; i++)
            Assert.Equal("Alice", (await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline, trustUnsignedDisplay: true)).Value!.DisplayName);
    }

    [Fact]
    public async Task Fields_that_somebody_added_to_a_copy_do_not_become_ours()
    {
        // A name that is no text once hid the fields before it, and what was written then was no JSON.
        string[] added = [",\"mallory\":\"was here\"}", ",\"\\/\":3,\"\\ud800\":1}"];
        UnknownField kept = new("avatar_base64", "\"QUJD\""u8.ToArray());
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "first", Unknown = [kept] }, Deadline);
        var key = DnaKeys.Profile(_alice.Keys.Fingerprint);
        string mine = System.Text.Encoding.UTF8.GetString(_network.At(key).Single().Newest.Data);
        for (int i = 0; i < 6; i++) _network.PutUnsigned(key, System.Text.Encoding.UTF8.GetBytes(mine[..^1] + added[i % 2]));
        await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "second" }, Deadline);
        byte[] written = _network.At(key).Single(slot => slot.Owner.Length > 0).Newest.Data;
        Assert.Equal(RecordStatus.Ok, ProfileCodec.Read(written, Users.Known, out Profile? read));
        Assert.Equal(("second", kept.Name), (read!.Bio, read.Unknown.Single().Name));
        Assert.Equal(kept.Json.ToArray(), read.Unknown.Single().Json.ToArray());
        // Whoever reads it believes none of them: neither is signed.
        Assert.Empty((await _bob.Profiles.LoadAsync(_alice.Keys.Fingerprint, Deadline)).Value!.Unknown);
    }

    [Fact]
    public async Task What_breaks_a_rule_is_not_written()
    {
        Assert.Equal(ResultCode.InvalidParameter, (await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = new string('x', 512) }, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await _alice.Profiles.LoadAsync("no fingerprint", Deadline)).Code);
        Assert.Equal(0, _network.Puts);
    }

    [Fact]
    public async Task A_deprecated_profile_is_read_under_its_own_key()
    {
        byte[] json = """{ "display_name": "Old A", "bio": "b", "updated_at": 7 }"""u8.ToArray();
        byte[] data = new ByteWriter().UInt64((ulong)json.Length).Bytes(json).UInt64(3).Bytes([1, 2, 3]).ToArray();
        Assert.Equal(ResultCode.NotFound, (await _bob.Profiles.LoadDeprecatedAsync(_alice.Keys.Fingerprint, Deadline)).Code);
        _network.PutUnsigned(DnaKeys.OldProfile(_alice.Keys.Fingerprint), data);
        Assert.Equal(new OldProfile("Old A", "b", "", "", "", 0, 7), (await _bob.Profiles.LoadDeprecatedAsync(_alice.Keys.Fingerprint, Deadline)).Value);
        Mutations.Feed(data, mutated => OldProfileCodec.Read(mutated, out _));
    }

    private Profile ProfileCodecOf(string bio, ulong timestamp) =>
        ProfileCodec.Sign(_alice.Keys, new Profile { Fingerprint = "", SigningKey = default, EncryptionKey = default, Bio = bio, Timestamp = timestamp });
}

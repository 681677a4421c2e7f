using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Identity.Tests;

public sealed class RecipientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly InfoHash Key = InfoHash.OfKey("key");
    private static readonly RsaIdentity Alice = TestIdentities.Alice;
    private static readonly RsaIdentity Bob = TestIdentities.Bob;
    private readonly FakeDht _dht = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SecureDht _alice;
    private readonly SecureDht _bob;

    public RecipientTests()
    {
        _alice = new SecureDht(_dht, Alice, new RsaVerifier(), _time);
        _bob = new SecureDht(_dht, Bob, new RsaVerifier(), _time);
    }

    [Fact]
    public async Task A_certificate_is_published_at_both_places_and_found_by_either_name()
    {
        SecurePermanentPut published = await _alice.PublishCertificateAsync(Deadline);
        Assert.Equal((SecurePutStatus.Acknowledged, 2), (published.FirstRound.Status, published.FirstRound.Acknowledged));
        Assert.Equal([Alice.KeyId, Alice.LongId.Place], _dht.Puts.Select(put => put.Key));
        Assert.All(_dht.Puts, put => Assert.True(put.IsPermanent));
        foreach (KeyName name in (KeyName[])[KeyName.Of(Alice.KeyId), KeyName.Of(Alice.LongId), KeyName.OfKey(Alice.PublicKey.Span)])
        {
            var reader = new SecureDht(_dht, Bob, new RsaVerifier(), _time);
            Assert.Equal(Alice.PublicKey.ToArray(), (await reader.FindKeyAsync(name, Deadline)).Spki);
        }

        published.Dispose();
        Assert.Equal(2, _dht.Ended.Count);
    }

    [Fact]
    public async Task Who_knows_both_names_finds_a_certificate_that_lies_at_one_place_only()
    {
        new ValueBuilder { Id = 1, Type = TypeRegistry.Certificate, Data = Alice.CertificateData() }.Pack(out byte[] packed);
        _dht.Plant(Alice.LongId.Place, packed);
        Assert.Equal(GetAnswerStatus.Absent, (await _bob.FindKeyAsync(KeyName.Of(Alice.KeyId), Deadline)).Status);
        Assert.NotNull((await _bob.FindKeyAsync(KeyName.OfKey(Alice.PublicKey.Span), Deadline)).Spki);
        // Now it is cached, under either name.
        int gets = _dht.Gets.Count;
        Assert.NotNull((await _bob.FindKeyAsync(KeyName.Of(Alice.KeyId), Deadline)).Spki);
        Assert.Equal(gets, _dht.Gets.Count);
    }

    [Theory]
    [InlineData(GetAnswerStatus.Unreachable)]
    [InlineData(GetAnswerStatus.TimedOut)]
    public async Task A_key_that_could_not_be_looked_for_is_not_called_absent(GetAnswerStatus why)
    {
        _dht.Fails = why;
        Assert.Equal(new KeyAnswer(why, null), await _bob.FindKeyAsync(KeyName.OfKey(Alice.PublicKey.Span), Deadline));
    }

    [Fact]
    public async Task A_certificate_of_another_key_is_not_taken_and_hides_nothing()
    {
        new ValueBuilder { Id = 2, Type = TypeRegistry.Certificate, Data = Bob.CertificateData() }.Pack(out byte[] wrong);
        _dht.Plant(Alice.KeyId, wrong);
        var reader = new SecureDht(_dht, null, new RsaVerifier(), _time);
        Assert.Equal(GetAnswerStatus.Absent, (await reader.FindKeyAsync(KeyName.Of(Alice.KeyId), Deadline)).Status);
        Assert.True(reader.Figures.ForeignCertificates > 0);
        await _alice.PublishCertificateAsync(Deadline);
        Assert.NotNull((await reader.FindKeyAsync(KeyName.Of(Alice.KeyId), Deadline)).Spki);
    }

    [Fact]
    public async Task An_encrypted_value_is_read_by_its_recipient_alone_and_shows_nothing_to_others()
    {
        await _bob.PublishCertificateAsync(Deadline);
        SecurePutAnswer put = await _alice.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("for bob") with { Type = TypeRegistry.SevenDays, UserType = "u", Priority = 1 }, Deadline);
        Assert.Equal(SecurePutStatus.Acknowledged, put.Status);
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Assert.Single(_dht.Stored(Key)), out ValueView outside, out _));
        Assert.True(outside.IsEncrypted && !outside.IsSigned && outside.UserType.IsEmpty);

        VerifiedValue value = Assert.Single((await _bob.GetAllAsync(Key, default, Deadline)).Values);
        Assert.Equal(("for bob", "u", TypeRegistry.SevenDays, 1u), (Show(value), value.UserType, value.Type, value.Priority));
        Assert.Equal((put.ValueId, Alice.KeyId, (InfoHash?)Bob.KeyId, true), (value.Id, value.OwnerId, value.Recipient, value.WasEncrypted));
        Assert.Empty((await _alice.GetAllAsync(Key, default, Deadline)).Values);
        Assert.Equal((1, 1), ((int)_bob.Figures.Decrypted, (int)_alice.Figures.Undecryptable));
    }

    [Fact]
    public async Task Nothing_is_encrypted_for_who_is_unknown_or_has_no_RSA_key()
    {
        Assert.Equal(SecurePutStatus.RecipientUnknown, (await _alice.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("x"), Deadline)).Status);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] spki = curve.ExportSubjectPublicKeyInfo();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=ec", curve, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        new ValueBuilder { Id = 1, Type = TypeRegistry.Certificate, Data = certificate.RawData }.Pack(out byte[] packed);
        _dht.Plant(InfoHash.Of(spki), packed);
        Assert.Equal(SecurePutStatus.RecipientUnusable, (await _alice.PutEncryptedAsync(Key, KeyName.Of(InfoHash.Of(spki)), Text("x"), Deadline)).Status);
        Assert.Empty(_dht.Puts);
    }

    [Fact]
    public async Task An_encrypted_value_never_goes_where_something_lies()
    {
        await _bob.PutSignedAsync(Key, Text("signed") with { Id = 7 }, Deadline);
        SecurePutAnswer put = await _alice.PutEncryptedAsync(Key, KeyName.Of(Alice.KeyId), Text("x") with { Id = 7 }, Deadline);
        Assert.Equal(SecurePutStatus.SlotTaken, put.Status);
        Assert.Single(_dht.Puts);
    }

    [Theory]
    [InlineData(GetAnswerStatus.Unreachable, SecurePutStatus.Unreachable)]
    [InlineData(GetAnswerStatus.TimedOut, SecurePutStatus.TimedOut)]
    public async Task A_recipient_that_could_not_be_looked_for_is_not_said_to_be_unknown(GetAnswerStatus read, SecurePutStatus expected)
    {
        _dht.Fails = read;
        Assert.Equal(expected, (await _alice.PutEncryptedAsync(Key, KeyName.OfKey(Bob.PublicKey.Span), Text("x"), Deadline)).Status);
        Assert.Empty(_dht.Puts);
    }

    [Fact]
    public async Task A_recipient_is_unknown_only_when_all_certificates_were_seen()
    {
        new ValueBuilder { Id = 2, Type = TypeRegistry.Certificate, Data = Alice.CertificateData() }.Pack(out byte[] wrong);
        _dht.Plant(Bob.KeyId, wrong);
        Assert.Equal(SecurePutStatus.RecipientUnknown, (await _alice.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("x"), Deadline)).Status);
        _dht.IsIncomplete = true;
        Assert.Equal(SecurePutStatus.TimedOut, (await _alice.PutEncryptedAsync(Key, KeyName.Of(Bob.KeyId), Text("x"), Deadline)).Status);
    }

    [Theory]
    [InlineData(GetAnswerStatus.Unreachable, SecurePutStatus.Unreachable)]
    [InlineData(GetAnswerStatus.TimedOut, SecurePutStatus.TimedOut)]
    public async Task An_encrypted_value_never_goes_where_nobody_could_look(GetAnswerStatus read, SecurePutStatus expected)
    {
        _dht.Fails = read;
        Assert.Equal(expected, (await _alice.PutEncryptedAsync(Key, KeyName.Of(Alice.KeyId), Text("x") with { Id = 7 }, Deadline)).Status);
        Assert.Empty(_dht.Puts);
    }

    [Fact]
    public async Task A_certificate_that_fails_at_one_place_is_left_announced_at_none()
    {
        _dht.BeforePut = (place, _) =>
        {
            if (place == Alice.LongId.Place) throw new ArgumentException("no");
        };
        await Assert.ThrowsAsync<ArgumentException>(() => _alice.PublishCertificateAsync(Deadline));
        Assert.Single(_dht.Ended);
        _dht.BeforePut = (place, _) =>
        {
            if (place == Alice.KeyId) throw new ArgumentException("no");
        };
        await Assert.ThrowsAsync<ArgumentException>(() => _alice.PublishCertificateAsync(Deadline));
        Assert.Equal(2, _dht.Ended.Count);
    }

    private static NewSecureValue Text(string text) => new() { Data = Encoding.UTF8.GetBytes(text) };

    private static string Show(VerifiedValue value) => Encoding.UTF8.GetString(value.Data.Span);
}

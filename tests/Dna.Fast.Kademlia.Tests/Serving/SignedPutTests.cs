using System.Security.Cryptography;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class SignedPutTests
{
    private static readonly Signer Owner = new();
    private static readonly Signer Thief = new();
    private readonly ServingBench _bench = new();

    [Fact]
    public void Signed_value_is_verified_and_stored()
    {
        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Sign(1, 0, "mine")));
        Assert.Equal(["mine"], _bench.Texts());
        Assert.Equal(1, _bench.Verifier.Calls);
    }

    [Theory]
    [InlineData("sig")]
    [InlineData("data")]
    [InlineData("utype")]
    [InlineData("seq")]
    [InlineData("owner")]
    public void Flipped_bit_is_acknowledged_and_not_stored(string field)
    {
        ValueReader.Read(Owner.Sign(1, 4, "mine"), out ValueView value, out _);
        byte[] signature = value.Signature.ToArray(), data = value.Data.ToArray(), userType = value.UserType.ToArray();
        switch (field)
        {
            case "sig":
                signature[20] ^= 1;
                break;
            case "data":
                data[0] ^= 1;
                break;
            case "utype":
                userType[0] ^= 1;
                break;
            case "seq":
                value.Seq ^= 1;
                break;
            case "owner":
                value.Owner = Thief.Spki;
                break;
        }

        value.Signature = signature;
        value.Data = data;
        value.UserType = userType;
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Pack(value)));
        Assert.Empty(_bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedSignature]);
    }

    [Fact]
    public void Rising_seq_replaces_and_all_other_edits_are_refused()
    {
        _bench.Put(Owner.Sign(1, 5, "five"));
        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Sign(1, 6, "six")));
        Assert.Equal(["six"], _bench.Texts());
        int verified = _bench.Verifier.Calls;
        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Sign(1, 6, "another six")));
        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Sign(1, 5, "five")));
        ServingBench.AssertAcknowledged(1, _bench.Put(Thief.Sign(1, 7, "stolen")));
        Assert.Equal(["six"], _bench.Texts());
        Assert.Equal(3, _bench.Counters[Counter.PutRefusedEdit]);

        // What the slot forbids is not worth a signature check.
        Assert.Equal(verified, _bench.Verifier.Calls);
    }

    [Fact]
    public void Ownerless_value_over_a_signed_one_is_refused_and_the_node_lives()
    {
        _bench.Put(Owner.Sign(1, 5, "five"));
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "unsigned")));
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Pack(new ValueView { Id = 1, IsEncrypted = true, Cypher = new byte[300] })));
        Assert.Equal(2, _bench.Counters[Counter.PutRefusedOwnerless]);
        Assert.Equal(["five"], _bench.Texts());
        Assert.Single(_bench.Ping());
    }

    [Fact]
    public void Equal_signed_value_is_refreshed_without_verification()
    {
        byte[] value = Owner.Sign(1, 5, "five");
        _bench.Put(value);
        _bench.Move(500_000);
        ServingBench.AssertAcknowledged(1, _bench.Put(value));
        Assert.Equal(1, _bench.Verifier.Calls);
        Assert.Equal(1, _bench.Counters[Counter.PutRefreshed]);
        _bench.Move(500_000);
        Assert.Equal(["five"], _bench.Texts());
    }

    [Fact]
    public void Signed_value_of_an_unknown_type_is_stored_unverified()
    {
        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Sign(1, 0, "x", type: 4711)));
        Assert.Equal(0, _bench.Verifier.Calls);
        Assert.Single(_bench.Texts());
    }

    [Fact]
    public void Edit_that_changes_to_an_unknown_type_is_verified_all_the_same()
    {
        _bench.Put(Owner.Sign(1, 5, "five"));
        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Sign(1, 6, "six", type: 4711)));
        Assert.Equal(2, _bench.Verifier.Calls);
        Assert.Equal(["six"], _bench.Texts());
    }

    [Fact]
    public void Certificate_is_stored_under_both_names_of_its_key_and_nowhere_else()
    {
        byte[] certificate = Owner.Certificate();
        InfoHash first = InfoHash.Of(Owner.Spki), second = InfoHash.Of(SHA256.HashData(Owner.Spki));
        ServingBench.AssertAcknowledged(1, _bench.Put(certificate));
        Assert.Empty(_bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedCertificate]);
        ServingBench.AssertAcknowledged(1, _bench.Put(certificate, key: first));
        ServingBench.AssertAcknowledged(1, _bench.Put(certificate, key: second));
        Assert.Single(_bench.Texts(first));
        Assert.Single(_bench.Texts(second));

        ServingBench.AssertAcknowledged(1, _bench.Put(Owner.Certificate(), key: first));
        Assert.Equal(1, _bench.Counters[Counter.PutReplaced] + _bench.Counters[Counter.PutRefreshed]);
        ServingBench.AssertAcknowledged(1, _bench.Put(Thief.Certificate(), key: first));
        Assert.Equal(2, _bench.Counters[Counter.PutRefusedCertificate] + _bench.Counters[Counter.PutRefusedEdit]);
    }
}

using System.Security.Cryptography;

namespace Dna.Fast.Wire.Tests;

public sealed class SignatureTests
{
    private static readonly byte[] Signed = Assert.Single(
        Assert.Single(ReassemblyVectorTests.Reassemble(Vectors.All.Where(vector => vector.Group == "signed-put"))).Values).ToArray();

    [Fact]
    public void The_canonical_body_of_a_captured_value_verifies()
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Signed, out ValueView value, out _));
        Assert.True(value.IsSigned);
        Assert.True(Verifies(value));
    }

    [Fact]
    public void The_canonical_body_lies_in_the_packed_value_as_it_came()
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Signed, out ValueView value, out _));
        Assert.True(Signed.AsSpan().IndexOf(Body(value)) > 0);
    }

    [Fact]
    public void A_changed_field_under_the_signature_does_not_verify()
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Signed, out ValueView value, out _));
        ValueView other = value;
        other.Seq++;
        Assert.False(Verifies(other));
        other = value;
        other.Type++;
        Assert.False(Verifies(other));
        other = value;
        other.Data = "other"u8;
        Assert.False(Verifies(other));
        other = value;
        other.UserType = "other"u8;
        Assert.False(Verifies(other));
        other = value;
        other.HasRecipient = !value.HasRecipient;
        Assert.False(Verifies(other));
    }

    [Fact]
    public void A_changed_id_or_priority_is_not_covered()
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Signed, out ValueView value, out _));
        value.Id++;
        value.Priority = 9;
        value.PushType = "x"u8;
        Assert.True(Verifies(value));
    }

    [Theory]
    [InlineData("enc-put-2412", "r5-2412-B.key.pem")]
    [InlineData("enc-put-431", "r5-431-B.key.pem")]
    public void A_captured_cypher_opens_to_a_dat_map_whose_signature_verifies(string group, string key)
    {
        ReassembledMessage whole = Assert.Single(ReassemblyVectorTests.Reassemble(Vectors.All.Where(vector => vector.Group == group)));
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Assert.Single(whole.Values).Span, out ValueView outer, out _));
        Assert.True(outer.IsEncrypted);
        byte[] dat = Open(outer.Cypher, Vectors.Key(key));
        Assert.Equal(DecodeStatus.Ok, ValueReader.ReadDat(dat, out ValueView inner));
        Assert.True(inner.HasRecipient);
        Assert.True(Verifies(inner));
        byte[] room = new byte[dat.Length];
        Assert.Equal(dat.Length, ValueWriter.WriteDat(room, inner));
        Assert.Equal(dat, room);
    }

    [Fact]
    public void A_value_signed_through_the_builder_verifies()
    {
        using RSA rsa = RSA.Create(2048);
        var builder = new ValueBuilder
        {
            Id = 7,
            Type = 3,
            Seq = 300,
            Data = "hello"u8.ToArray(),
            UserType = "text/plain",
            Owner = rsa.ExportSubjectPublicKeyInfo(),
            Recipient = InfoHash.Of("somebody"u8),
        };
        builder.Signature = rsa.SignData(builder.BodyToSign(), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        Assert.Equal(DecodeStatus.Ok, builder.Pack(out byte[] packed));
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out int consumed));
        Assert.Equal(packed.Length, consumed);
        Assert.True(Verifies(value));
        Assert.Equal(300, value.Seq);
        Assert.Equal(InfoHash.Of("somebody"u8), value.Recipient);
    }

    private static byte[] Body(in ValueView value)
    {
        byte[] room = new byte[ValueWriter.BytesMax(value)];
        return room[..ValueWriter.WriteBody(room, value)];
    }

    private static bool Verifies(in ValueView value)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(value.Owner, out _);
        return rsa.VerifyData(Body(value), value.Signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
    }

    private static byte[] Open(ReadOnlySpan<byte> cypher, string keyFile)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(keyFile));
        int modulus = rsa.KeySize / 8;
        byte[] key = rsa.Decrypt(cypher[..modulus].ToArray(), RSAEncryptionPadding.Pkcs1);
        ReadOnlySpan<byte> sealedBytes = cypher[(modulus + 12)..^16];
        byte[] plain = new byte[sealedBytes.Length];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(cypher.Slice(modulus, 12), sealedBytes, cypher[^16..], plain);
        return plain;
    }
}

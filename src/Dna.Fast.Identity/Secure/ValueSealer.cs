using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>What is to be put to packed values: signed, or signed and encrypted (wire specification, sections 4.4 and 4.5). Any thread.</summary>
internal static class ValueSealer
{
    /// <returns>The packed value; null when it is larger than the network takes.</returns>
    public static byte[]? Sign(RsaIdentity identity, NewSecureValue value, ulong id, ushort seq) =>
        Signed(identity, value, id, seq, recipient: null).Pack(out byte[] packed) == DecodeStatus.Ok ? packed : null;

    /// <param name="recipientKey">DER SubjectPublicKeyInfo of an RSA key.</param>
    /// <param name="packed">The packed value; null unless Acknowledged, which here says that it can be put.</param>
    /// <returns><see cref="SecurePutStatus.Acknowledged"/>, <see cref="SecurePutStatus.RecipientUnusable"/> or <see cref="SecurePutStatus.TooLarge"/>.</returns>
    public static SecurePutStatus Encrypt(RsaIdentity identity, NewSecureValue value, ulong id, ReadOnlySpan<byte> recipientKey, out byte[]? packed)
    {
        packed = null;
        if (!RsaPublicKey.TryRead(recipientKey, out RsaPublicKey key)) return SecurePutStatus.RecipientUnusable;
        byte[] dat = Signed(identity, value, id, seq: 0, InfoHash.Of(recipientKey)).PackDat();
        try
        {
            using RSA recipient = RSA.Create(new RSAParameters { Modulus = key.Modulus.ToArray(), Exponent = key.Exponent.ToArray() });
            var sealedValue = new ValueBuilder { Id = id, Priority = value.Priority, Cypher = ValueCypher.Encrypt(recipient, dat) };
            if (sealedValue.Pack(out byte[] whole) != DecodeStatus.Ok) return SecurePutStatus.TooLarge;
            packed = whole;
            return SecurePutStatus.Acknowledged;
        }
        catch (CryptographicException)
        {
            // A modulus that is no product of two primes may be refused by the platform.
            return SecurePutStatus.RecipientUnusable;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dat);
        }
    }

    private static ValueBuilder Signed(RsaIdentity identity, NewSecureValue value, ulong id, ushort seq, InfoHash? recipient)
    {
        var builder = new ValueBuilder
        {
            Id = id,
            Type = value.Type,
            Data = value.Data,
            UserType = value.UserType,
            Priority = value.Priority,
            Owner = identity.PublicKey,
            Seq = seq,
            Recipient = recipient,
        };
        builder.Signature = identity.Sign(builder.BodyToSign());
        return builder;
    }
}

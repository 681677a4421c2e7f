using System.Buffers;
using System.Security.Cryptography;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.ValueTypes;

/// <summary>Whether an incoming value may go to the store.</summary>
public enum StoreVerdict : byte
{
    /// <summary>It may.</summary>
    Store,

    /// <summary>It may once <see cref="StorePolicy.Verify"/> says <see cref="Store"/> too: a signature or a certificate is to be checked, off the packet thread.</summary>
    Verify,

    /// <summary>Larger than a limit of section 1.6.</summary>
    RefuseSize,

    /// <summary>Its type does not allow this content: a message with an empty service, a service without a port.</summary>
    RefuseType,

    /// <summary>Its lifetime is over already.</summary>
    RefuseExpired,

    /// <summary>Its signature does not verify.</summary>
    RefuseSignature,

    /// <summary>It holds no certificate, or one whose key does not belong under this infohash.</summary>
    RefuseCertificate,
}

/// <summary>The checks of a value before it meets the store (sections 5.1 and 5.2).</summary>
/// <remarks>
/// Any thread. The way of a put is: <see cref="Check"/>; when it says <see cref="StoreVerdict.Verify"/>, <see cref="Verify"/> on a verification thread;
/// then <see cref="IValueStore.Put"/> with an <see cref="EditPolicy"/>. A refusal is acknowledged like a success and counted by <see cref="CounterOf"/>.
/// </remarks>
public sealed class StorePolicy(IValueVerifier verifier)
{
    /// <summary>For <c>createdUnixMs</c>: the put named no creation time.</summary>
    public const long CreatedNow = long.MaxValue;

    /// <summary>The cheap checks; writes what is to be stored. Allocates nothing; never throws on input.</summary>
    /// <param name="key">Infohash it is put under.</param>
    /// <param name="source">Who put it; <c>default</c> for a value of our own, which is not rewritten.</param>
    /// <param name="value">The value as it was read, canonical or not; its id is not 0 (the caller answers 203 to that).</param>
    /// <param name="createdUnixMs">Creation time it claims (<c>c</c>, in milliseconds), or <see cref="CreatedNow"/>. A time in the future is now.</param>
    /// <param name="packed">Room for the canonical packed value: <see cref="ValueWriter.BytesMax"/> of <paramref name="value"/>, and never less than 128 bytes.</param>
    /// <param name="packedBytes">Length of what was written; 0 with a refusal.</param>
    /// <param name="slot">What the slot shall say; meaningless with a refusal.</param>
    /// <returns>Any verdict but the ones of signature and certificate.</returns>
    public static StoreVerdict Check(
        in InfoHash key, in NodeAddress source, in ValueView value, long createdUnixMs, long nowUnixMs, Span<byte> packed, out int packedBytes, out SlotInfo slot)
    {
        packedBytes = 0;
        ushort type = value.IsEncrypted ? TypeRegistry.UserData : value.Type;
        long created = Math.Min(createdUnixMs, nowUnixMs);
        // A claimed time far in the past must not wrap around into the future.
        long expires = created < 0 ? 0 : created + TypeRegistry.LifetimeMs(type);
        slot = new SlotInfo(value.Id, type, created, expires, source);
        if (expires <= nowUnixMs) return StoreVerdict.RefuseExpired;

        TypeRules rules = TypeRegistry.RulesOf(type);
        bool isVerified = value.IsSigned && TypeRegistry.ChecksSignature(type);
        if (!isVerified && value.PayloadBytes > WireLimits.ValuePayloadBytesMax) return StoreVerdict.RefuseSize;
        if (rules == TypeRules.DhtMessage && !value.IsSigned && ServiceData.IsEmptyMessage(value.Data)) return StoreVerdict.RefuseType;
        if (rules == TypeRules.Service && source.IsValid) return WriteService(source, value, packed, out packedBytes);

        int bytes = ValueWriter.Write(packed, value);
        if (bytes is 0 or > WireLimits.ValueBytesMax) return StoreVerdict.RefuseSize;
        packedBytes = bytes;
        return isVerified || rules == TypeRules.Certificate ? StoreVerdict.Verify : StoreVerdict.Store;
    }

    /// <summary>The expensive check: the signature, or the certificate's key. Any thread; never throws on input.</summary>
    /// <param name="key">Infohash it is put under.</param>
    /// <param name="packed">What <see cref="Check"/> wrote.</param>
    /// <returns><see cref="StoreVerdict.Store"/>, <see cref="StoreVerdict.RefuseSignature"/> or <see cref="StoreVerdict.RefuseCertificate"/>.</returns>
    public StoreVerdict Verify(in InfoHash key, ReadOnlySpan<byte> packed)
    {
        if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok) return StoreVerdict.RefuseSignature;
        if (!value.IsEncrypted && value.Type == TypeRegistry.Certificate)
        {
            byte[]? spki = verifier.ReadCertificateKey(value.Data);
            return spki is not null && BelongsUnder(key, spki) ? StoreVerdict.Store : StoreVerdict.RefuseCertificate;
        }

        // The body is a part of the packed value, so it is no longer.
        byte[] body = ArrayPool<byte>.Shared.Rent(packed.Length);
        int bytes = ValueWriter.WriteBody(body, value);
        bool isRight = bytes > 0 && verifier.Verify(value.Owner, body.AsSpan(0, bytes), value.Signature);
        ArrayPool<byte>.Shared.Return(body);
        return isRight ? StoreVerdict.Store : StoreVerdict.RefuseSignature;
    }

    /// <summary>True when a certificate with this public key belongs under <paramref name="key"/>: SHA-1 of the DER SPKI, or SHA-1 of its SHA-256 (section 4.6).</summary>
    public static bool BelongsUnder(in InfoHash key, ReadOnlySpan<byte> spki)
    {
        if (InfoHash.Of(spki) == key) return true;
        Span<byte> longId = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(spki, longId);
        return InfoHash.Of(longId) == key;
    }

    /// <summary>The counter of a refusal.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="verdict"/> is no refusal.</exception>
    public static Counter CounterOf(StoreVerdict verdict) => verdict switch
    {
        StoreVerdict.RefuseSize => Counter.PutRefusedSize,
        StoreVerdict.RefuseType => Counter.PutRefusedType,
        StoreVerdict.RefuseExpired => Counter.PutRefusedExpired,
        StoreVerdict.RefuseSignature => Counter.PutRefusedSignature,
        StoreVerdict.RefuseCertificate => Counter.PutRefusedCertificate,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    // The putter's port, the address it really has; all else it said about itself (user type, owner, signature) no longer fits and goes.
    private static StoreVerdict WriteService(in NodeAddress source, in ValueView value, Span<byte> packed, out int packedBytes)
    {
        packedBytes = 0;
        if (!ServiceData.TryReadPort(value.Data, out ushort port)) return StoreVerdict.RefuseType;
        Span<byte> data = stackalloc byte[ServiceData.BytesMax];
        int bytes = ServiceData.Write(data, source.WithPort(port));
        ValueView rewritten = new() { Id = value.Id, Type = TypeRegistry.Service, Data = data[..bytes] };
        packedBytes = ValueWriter.Write(packed, rewritten);
        return packedBytes > 0 ? StoreVerdict.Store : StoreVerdict.RefuseSize;
    }
}

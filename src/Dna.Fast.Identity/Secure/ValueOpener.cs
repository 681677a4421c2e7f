using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>What became of a value on its way to the caller.</summary>
internal enum OpenedAs
{
    Unsigned,
    Verified,
    Decrypted,
    Forged,
    Undecryptable,
    Unreadable,

    /// <summary>Encrypted, and left closed.</summary>
    Encrypted,
}

/// <summary>A packed value to what is proved about it (wire specification, sections 4.4, 4.5 and 8). Any thread; never throws on input.</summary>
/// <param name="identity">For encrypted values; null: they are dropped.</param>
internal sealed class ValueOpener(RsaIdentity? identity, IValueVerifier verifier, SecureCounters counters)
{
    /// <returns>What it is, never <see cref="OpenedAs.Encrypted"/>; <paramref name="opened"/> is null when it is dropped. Counted.</returns>
    public OpenedAs Open(ReadOnlyMemory<byte> packed, NodeAddress from, out VerifiedValue? opened) => Open(packed, from, decrypts: true, out opened);

    /// <summary>As <see cref="Open(ReadOnlyMemory{byte}, NodeAddress, out VerifiedValue?)"/>, but without the private key: what is encrypted is left closed, and not counted.</summary>
    public OpenedAs OpenUnencrypted(ReadOnlyMemory<byte> packed, NodeAddress from, out VerifiedValue? opened) => Open(packed, from, decrypts: false, out opened);

    /// <summary>True when opening it takes an operation with the private key.</summary>
    public bool IsWork(ReadOnlyMemory<byte> packed) =>
        identity is not null && ValueReader.Read(packed.Span, out ValueView value, out _) == DecodeStatus.Ok
        && value.IsEncrypted && ValueCypher.IsLengthFor(identity, value.Cypher.Length);

    private OpenedAs Open(ReadOnlyMemory<byte> packed, NodeAddress from, bool decrypts, out VerifiedValue? opened)
    {
        OpenedAs outcome = Judge(packed, from, decrypts, out opened);
        if (outcome != OpenedAs.Encrypted) counters.Count(outcome);
        return outcome;
    }

    private OpenedAs Judge(ReadOnlyMemory<byte> packed, NodeAddress from, bool decrypts, out VerifiedValue? opened)
    {
        opened = null;
        if (ValueReader.Read(packed.Span, out ValueView value, out _) != DecodeStatus.Ok) return OpenedAs.Unreadable;
        if (value.IsEncrypted) return decrypts ? Decrypt(value, packed, from, out opened) : OpenedAs.Encrypted;
        if (value.IsSigned && !IsGenuine(value)) return OpenedAs.Forged;
        opened = Describe(value, value, packed, from, wasEncrypted: false);
        return value.IsSigned ? OpenedAs.Verified : OpenedAs.Unsigned;
    }

    private OpenedAs Decrypt(in ValueView outer, ReadOnlyMemory<byte> packed, NodeAddress from, out VerifiedValue? opened)
    {
        opened = null;
        if (identity is null || ValueCypher.Decrypt(identity, outer.Cypher) is not { } dat) return OpenedAs.Undecryptable;
        bool isOurs = ValueReader.ReadDat(dat, out ValueView inner) == DecodeStatus.Ok
            && inner.IsSigned && inner.HasRecipient && inner.Recipient == identity.KeyId && IsGenuine(inner);
        if (isOurs) opened = Describe(outer, inner, packed, from, wasEncrypted: true);
        CryptographicOperations.ZeroMemory(dat);
        return isOurs ? OpenedAs.Decrypted : OpenedAs.Undecryptable;
    }

    private bool IsGenuine(in ValueView value)
    {
        byte[] body = ArrayPool<byte>.Shared.Rent(ValueWriter.BytesMax(value));
        int length = ValueWriter.WriteBody(body, value);
        bool isGenuine = length > 0 && verifier.Verify(value.Owner, body.AsSpan(0, length), value.Signature);
        // What was encrypted does not stay behind in a pool.
        ArrayPool<byte>.Shared.Return(body, clearArray: true);
        return isGenuine;
    }

    /// <param name="outer">Where id and priority come from.</param>
    /// <param name="inner">Where all else comes from.</param>
    private static VerifiedValue Describe(in ValueView outer, in ValueView inner, ReadOnlyMemory<byte> packed, NodeAddress from, bool wasEncrypted) => new()
    {
        Id = outer.Id,
        Priority = outer.Priority,
        Type = inner.Type,
        Data = inner.Data.ToArray(),
        UserType = Encoding.UTF8.GetString(inner.UserType),
        Owner = inner.Owner.ToArray(),
        OwnerId = inner.IsSigned ? InfoHash.Of(inner.Owner) : default,
        Seq = inner.Seq,
        WasEncrypted = wasEncrypted,
        Recipient = inner.HasRecipient ? inner.Recipient : null,
        From = from,
        Packed = packed,
    };
}

namespace Dna.Fast.Wire;

/// <summary>A value as it lies in memory: spans into its packed form (section 4).</summary>
public ref struct ValueView
{
    /// <summary>Value id, never 0 in a read value unless the sender said 0.</summary>
    public ulong Id;

    /// <summary>True when <c>dat</c> is a bin: only <see cref="Cypher"/> is meaningful then.</summary>
    public bool IsEncrypted;

    public ReadOnlySpan<byte> Cypher;

    public ushort Type;

    /// <summary>Sequence number; meaningful only when signed.</summary>
    public ushort Seq;

    /// <summary>DER SubjectPublicKeyInfo of the signer; empty when unsigned.</summary>
    public ReadOnlySpan<byte> Owner;

    public ReadOnlySpan<byte> Signature;

    public bool HasRecipient;

    /// <summary>Key id of the recipient (<c>to</c>).</summary>
    public InfoHash Recipient;

    public ReadOnlySpan<byte> Data;

    /// <summary><c>utype</c>, UTF-8.</summary>
    public ReadOnlySpan<byte> UserType;

    /// <summary><c>p</c>: 0 = high.</summary>
    public uint Priority;

    /// <summary><c>pt</c>, of 3.7.8 and later.</summary>
    public ReadOnlySpan<byte> PushType;

    public readonly bool IsSigned => !Owner.IsEmpty;

    /// <summary>
    /// What the storage policy counts, in bytes: data, signature, cypher, user type and push type (at most
    /// <see cref="WireLimits.ValuePayloadBytesMax"/>).
    /// </summary>
    public readonly int PayloadBytes => Data.Length + Signature.Length + Cypher.Length + UserType.Length + PushType.Length;

    /// <summary>Value equality of section 4.7.</summary>
    public readonly bool IsEqualTo(in ValueView other)
    {
        if (Id != other.Id || IsEncrypted != other.IsEncrypted) return false;
        if (IsEncrypted) return Cypher.SequenceEqual(other.Cypher);
        return Type == other.Type && Data.SequenceEqual(other.Data) && UserType.SequenceEqual(other.UserType)
            && Signature.SequenceEqual(other.Signature) && Owner.SequenceEqual(other.Owner);
    }
}

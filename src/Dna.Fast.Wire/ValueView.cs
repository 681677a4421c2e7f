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

    /// <summary>Value equality of section 4.7.</summary>
    public readonly bool IsEqualTo(in ValueView other) => throw new NotImplementedException();
}

/// <summary>Packed value to <see cref="ValueView"/>. Any thread; allocates nothing; never throws on input.</summary>
public static class ValueReader
{
    /// <summary>Reads one packed value at the start of <paramref name="packed"/>; <paramref name="consumed"/> is its length.</summary>
    public static DecodeStatus Read(ReadOnlySpan<byte> packed, out ValueView value, out int consumed) => throw new NotImplementedException();
}

/// <summary>Values to bytes, in canonical form (section 4.2): known keys, their order, shortest msgpack. Any thread; allocates nothing.</summary>
public static class ValueWriter
{
    /// <summary>Upper bound of <see cref="Write"/>'s output, in bytes.</summary>
    public static int BytesMax(in ValueView value) => throw new NotImplementedException();

    /// <summary>Writes the packed value.</summary>
    /// <returns>Bytes written; 0 when <paramref name="destination"/> is too small.</returns>
    public static int Write(Span<byte> destination, in ValueView value) => throw new NotImplementedException();

    /// <summary>Writes the <c>body</c> map alone: the bytes a signature covers (section 4.4).</summary>
    /// <returns>Bytes written; 0 when <paramref name="destination"/> is too small.</returns>
    public static int WriteBody(Span<byte> destination, in ValueView value) => throw new NotImplementedException();
}

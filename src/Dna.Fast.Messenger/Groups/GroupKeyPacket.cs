using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>A group's key for one of its members.</summary>
/// <param name="Fingerprint">Whose entry it is.</param>
/// <param name="Wrapped">What <see cref="ISuite.WrapKey"/> made.</param>
public sealed record GroupKeyEntry(string Fingerprint, ReadOnlyMemory<byte> Wrapped);

/// <summary>One version of a group's key, wrapped for each member, as bytes and back (DNA layer, section 12.6).</summary>
/// <param name="Uuid">36 ASCII characters.</param>
/// <param name="Version">One more with each rotation.</param>
/// <param name="Entries">1 to <see cref="MembersMax"/>.</param>
public sealed record GroupKeyPacket(string Uuid, uint Version, IReadOnlyList<GroupKeyEntry> Entries)
{
    /// <summary>Members one packet has entries for.</summary>
    public const int MembersMax = 16;

    /// <summary>Bytes of a group's key.</summary>
    public const int KeyBytes = 32;

    private const uint Magic = 0x47454B20;
    private const int UuidBytes = 36;
    private const int FingerprintBytes = Sha3.Bytes512;

    // The original's number of its signature's kind.
    private const byte SignatureKind = 23;

    /// <summary>Wraps a key for each member and signs the packet.</summary>
    /// <remarks>
    /// <c>"GEK " 4 | uuid 36 | version 4 | members 1</c>, for each member <c>fingerprint 64 | wrapped key</c> (1,608 bytes in the messenger suite), then <c>23 | signature size 2 | signature over all
    /// before</c>; numbers big-endian.
    /// </remarks>
    /// <param name="owner">The group's creator.</param>
    /// <param name="members">Fingerprint and encryption key of each.</param>
    /// <param name="key">32 bytes.</param>
    /// <returns>Null when a member's key is no key of the owner's suite, or there are too many or no members.</returns>
    public static byte[]? Seal(IUserKeys owner, string uuid, uint version, IReadOnlyList<(string Fingerprint, ReadOnlyMemory<byte> EncryptionKey)> members, ReadOnlySpan<byte> key)
    {
        if (members.Count is 0 or > MembersMax || uuid.Length != UuidBytes) return null;
        ByteWriter writer = new ByteWriter(32 * 1024).UInt32(Magic).Text(uuid).UInt32(version).Byte((byte)members.Count);
        byte[] wrapped = new byte[owner.Suite.WrappedKeyBytes];
        foreach ((string fingerprint, ReadOnlyMemory<byte> encryptionKey) in members)
        {
            if (encryptionKey.Length != owner.Suite.EncryptionKeyBytes || !owner.Suite.WrapKey(encryptionKey.Span, key, wrapped)) return null;
            writer.Bytes(Convert.FromHexString(fingerprint)).Bytes(wrapped);
        }

        byte[] signature = new byte[owner.Suite.SignatureBytes];
        owner.Sign(writer.Written, signature);
        return writer.Byte(SignatureKind).UInt16((ushort)signature.Length).Bytes(signature).ToArray();
    }

    /// <summary>Reads a packet that the group's owner signed.</summary>
    /// <param name="suite">The owner's suite.</param>
    /// <param name="ownerKey">The owner's signing key.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> data, ISuite suite, ReadOnlySpan<byte> ownerKey, out GroupKeyPacket? packet)
    {
        packet = null;
        var reader = new ByteReader(data);
        if (!reader.TryUInt32(out uint magic) || magic != Magic || !reader.TryBytes(UuidBytes, out ReadOnlySpan<byte> uuid)
            || !reader.TryUInt32(out uint version) || !reader.TryByte(out byte count))
            return RecordStatus.Malformed;
        if (count is 0 or > MembersMax) return RecordStatus.TooLarge;
        var entries = new List<GroupKeyEntry>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryBytes(FingerprintBytes, out ReadOnlySpan<byte> fingerprint) || !reader.TryBytes((uint)suite.WrappedKeyBytes, out ReadOnlySpan<byte> wrapped))
                return RecordStatus.Malformed;
            entries.Add(new GroupKeyEntry(Convert.ToHexStringLower(fingerprint), wrapped.ToArray()));
        }

        ReadOnlySpan<byte> signed = data[..^reader.Rest.Length];
        if (!reader.TryByte(out byte kind) || kind != SignatureKind || !reader.TryUInt16(out ushort length) || !reader.TryBytes(length, out ReadOnlySpan<byte> signature))
            return RecordStatus.Malformed;
        if (!suite.Verify(ownerKey, signed, signature)) return RecordStatus.BadSignature;
        packet = new GroupKeyPacket(System.Text.Encoding.ASCII.GetString(uuid), version, entries);
        return RecordStatus.Ok;
    }

    /// <summary>Unwraps the key for one member.</summary>
    /// <param name="key">32 bytes; zeroed when the answer is false.</param>
    /// <returns>False when there is no entry of these keys, or it does not open.</returns>
    public bool TryOpen(IUserKeys keys, Span<byte> key) =>
        Entries.FirstOrDefault(entry => entry.Fingerprint == keys.Fingerprint) is { } entry && keys.TryUnwrapKey(entry.Wrapped.Span, key);
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>What a key file seals: a row of items (<see cref="KeyFile"/>). Any thread; never throws on input.</summary>
internal static class KeyFileItems
{
    private const byte Master = 1;
    private const byte SigningKey = 2;
    private const byte EncryptionKey = 3;
    private const byte Dht = 4;
    private const int HeadBytes = 1 + sizeof(uint);

    /// <summary>Writes the items of an identity; the caller disposes them.</summary>
    public static SecretBytes Write(UserIdentity identity)
    {
        using SecretBytes? master = identity.CopyMaster();
        byte[]? dht = identity.Dht is { } rsa ? DhtIdentityBuffer.Export(rsa) : null;
        using var signing = new SecretBytes(identity.Suite.PrivateSigningKeyBytes);
        using var encryption = new SecretBytes(identity.Suite.PrivateEncryptionKeyBytes);
        int keysBytes = master is null ? 2 * HeadBytes + signing.Length + encryption.Length : HeadBytes + master.Length;
        var items = new SecretBytes(keysBytes + (dht is null ? 0 : HeadBytes + dht.Length));
        Span<byte> rest = items.Span;
        if (master is null)
        {
            identity.Keys.ExportPrivate(signing.Span, encryption.Span);
            Add(ref rest, SigningKey, signing.Span);
            Add(ref rest, EncryptionKey, encryption.Span);
        }
        else
        {
            Add(ref rest, Master, master.Span);
        }

        if (dht is not null) Add(ref rest, Dht, dht);
        CryptographicOperations.ZeroMemory(dht);
        return items;
    }

    /// <summary>Reads items back.</summary>
    /// <returns>Null when they are not what a writer writes, or not the secrets of what the header shows.</returns>
    public static UserIdentity? Read(ReadOnlySpan<byte> items, IIdentitySuite suite, KeyFileHeader header)
    {
        TryTake(ref items, Master, out ReadOnlySpan<byte> master);
        TryTake(ref items, SigningKey, out ReadOnlySpan<byte> signing);
        TryTake(ref items, EncryptionKey, out ReadOnlySpan<byte> encryption);
        bool hasDht = TryTake(ref items, Dht, out ReadOnlySpan<byte> dht);
        if (!items.IsEmpty || hasDht == header.DhtKey.IsEmpty) return null;
        UserIdentity? identity = ReadKeys(suite, master, signing, encryption, header.Name);
        if (identity is null) return null;
        if (hasDht && DhtIdentityBuffer.Import(dht).Identity is { } rsa) identity.TakeDht(rsa);
        if (IsAsShown(identity, header)) return identity;
        identity.Dispose();
        return null;
    }

    private static UserIdentity? ReadKeys(IIdentitySuite suite, ReadOnlySpan<byte> master, ReadOnlySpan<byte> signing, ReadOnlySpan<byte> encryption, string name)
    {
        if (!master.IsEmpty) return master.Length == Mnemonic.MasterBytes && signing.IsEmpty && encryption.IsEmpty ? UserIdentity.FromMaster(suite, master, name) : null;
        return suite.Import(signing, encryption) is { } keys ? UserIdentity.FromKeys(suite, keys, name) : null;
    }

    private static bool IsAsShown(UserIdentity identity, KeyFileHeader header) =>
        identity.Keys.SigningKey.Span.SequenceEqual(header.SigningKey.Span)
        && identity.Keys.EncryptionKey.Span.SequenceEqual(header.EncryptionKey.Span)
        && (identity.Dht?.PublicKey ?? default).Span.SequenceEqual(header.DhtKey.Span);

    private static void Add(ref Span<byte> rest, byte kind, ReadOnlySpan<byte> bytes)
    {
        rest[0] = kind;
        BinaryPrimitives.WriteUInt32BigEndian(rest[1..], (uint)bytes.Length);
        bytes.CopyTo(rest[HeadBytes..]);
        rest = rest[(HeadBytes + bytes.Length)..];
    }

    /// <summary>Takes the next item when it is of this kind.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, byte kind, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (rest.Length < HeadBytes || rest[0] != kind) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest[1..]);
        if (length > rest.Length - HeadBytes) return false;
        bytes = rest.Slice(HeadBytes, (int)length);
        rest = rest[(HeadBytes + (int)length)..];
        return true;
    }
}

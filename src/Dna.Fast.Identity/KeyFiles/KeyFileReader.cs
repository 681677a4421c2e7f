using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>A key file, taken apart.</summary>
internal ref struct KeyFileParts
{
    public KeyFileHeader Header;
    public ReadOnlySpan<byte> Salt;
    public ReadOnlySpan<byte> Nonce;

    /// <summary>Everything in front of <see cref="Sealed"/>.</summary>
    public ReadOnlySpan<byte> Associated;

    /// <summary>Ciphertext and tag.</summary>
    public ReadOnlySpan<byte> Sealed;
}

/// <summary>Takes a key file apart (<see cref="KeyFile"/>), before anything is derived or opened. Any thread; never throws on input; allocates no more than the file is long.</summary>
internal static class KeyFileReader
{
    /// <returns>Ok, Foreign, NewerVersion, Truncated, Damaged or TooCostly.</returns>
    public static KeyFileStatus Read(ReadOnlySpan<byte> content, UserSuites suites, out KeyFileParts parts)
    {
        parts = default;
        int known = Math.Min(content.Length, KeyFile.Magic.Length);
        if (!KeyFile.Magic.StartsWith(content[..known])) return KeyFileStatus.Foreign;
        if (content.Length <= KeyFile.Magic.Length) return KeyFileStatus.Truncated;
        if (content[KeyFile.Magic.Length] > KeyFile.Version) return KeyFileStatus.NewerVersion;
        KeyFileStatus status = ReadParts(content, suites, ref parts);
        if (IsWhole(content)) return status;
        // Which of the two it is, is told by the lengths, for what they are worth.
        return status == KeyFileStatus.Truncated ? status : KeyFileStatus.Damaged;
    }

    private static bool IsWhole(ReadOnlySpan<byte> content)
    {
        if (content.Length < KeyFile.ChecksumBytes) return false;
        Span<byte> sum = stackalloc byte[KeyFile.ChecksumBytes];
        SHA256.HashData(content[..^KeyFile.ChecksumBytes], sum);
        return sum.SequenceEqual(content[^KeyFile.ChecksumBytes..]);
    }

    private static KeyFileStatus ReadParts(ReadOnlySpan<byte> content, UserSuites suites, ref KeyFileParts parts)
    {
        const int kindBytes = 3, numberBytes = sizeof(uint);
        ReadOnlySpan<byte> rest = content[(KeyFile.Magic.Length + 1)..];
        if (!TryTake(ref rest, kindBytes, out ReadOnlySpan<byte> kinds)) return KeyFileStatus.Truncated;
        if (!TryTake(ref rest, 2 * numberBytes, out ReadOnlySpan<byte> cost)) return KeyFileStatus.Truncated;
        if (!TryTake(ref rest, PassphraseCost.SaltBytes, out parts.Salt) || !TryTake(ref rest, KeyFile.NonceBytes, out parts.Nonce)) return KeyFileStatus.Truncated;
        if (!TryTake(ref rest, UserFingerprint.Length / 2, out ReadOnlySpan<byte> fingerprint)) return KeyFileStatus.Truncated;

        // This version's writers write nothing else; a later one of the same number might.
        if (suites.Find((SuiteId)kinds[0]) is not { } suite || kinds[1] != KeyFile.Argon2id || kinds[2] != KeyFile.XChaCha20Poly1305) return KeyFileStatus.NewerVersion;
        if (!TryTakeCounted(ref rest, out ReadOnlySpan<byte> name)) return KeyFileStatus.Truncated;
        if (!TryTake(ref rest, suite.SigningKeyBytes, out ReadOnlySpan<byte> signing)) return KeyFileStatus.Truncated;
        if (!TryTake(ref rest, suite.EncryptionKeyBytes, out ReadOnlySpan<byte> encryption)) return KeyFileStatus.Truncated;
        if (!TryTakeCounted(ref rest, out ReadOnlySpan<byte> dht)) return KeyFileStatus.Truncated;
        if (!TryTake(ref rest, numberBytes, out ReadOnlySpan<byte> sealedLength)) return KeyFileStatus.Truncated;
        parts.Associated = content[..^rest.Length];
        uint sealedBytes = BinaryPrimitives.ReadUInt32BigEndian(sealedLength);
        if (sealedBytes > KeyFile.BytesMax || !TryTake(ref rest, (int)sealedBytes, out parts.Sealed)) return KeyFileStatus.Truncated;
        if (rest.Length < KeyFile.ChecksumBytes) return KeyFileStatus.Truncated;
        if (rest.Length > KeyFile.ChecksumBytes || sealedBytes < KeyFile.TagBytes) return KeyFileStatus.Damaged;
        return Check(suite, cost, fingerprint, name, signing, encryption, dht, ref parts);
    }

    private static KeyFileStatus Check(
        IIdentitySuite suite, scoped ReadOnlySpan<byte> cost, scoped ReadOnlySpan<byte> fingerprint, scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<byte> signing, scoped ReadOnlySpan<byte> encryption, scoped ReadOnlySpan<byte> dht, ref KeyFileParts parts)
    {
        uint memory = BinaryPrimitives.ReadUInt32BigEndian(cost), passes = BinaryPrimitives.ReadUInt32BigEndian(cost[sizeof(uint)..]);
        if (memory > PassphraseCost.MemoryKiBMax || passes > PassphraseCost.PassesMax) return KeyFileStatus.TooCostly;
        string print = UserFingerprint.Of(signing);
        if (print != Convert.ToHexStringLower(fingerprint) || !Utf8.IsValid(name)) return KeyFileStatus.Damaged;
        parts.Header = new KeyFileHeader
        {
            Suite = suite.Id,
            Fingerprint = print,
            Name = Encoding.UTF8.GetString(name),
            SigningKey = signing.ToArray(),
            EncryptionKey = encryption.ToArray(),
            DhtKey = dht.ToArray(),
            Cost = new PassphraseCost((int)memory, (int)passes),
        };
        return parts.Header.Cost.IsBearable && UserIdentity.IsName(parts.Header.Name) ? KeyFileStatus.Ok : KeyFileStatus.Damaged;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, int bytes, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (rest.Length < bytes) return false;
        part = rest[..bytes];
        rest = rest[bytes..];
        return true;
    }

    private static bool TryTakeCounted(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> part)
    {
        part = default;
        return TryTake(ref rest, sizeof(ushort), out ReadOnlySpan<byte> count) && TryTake(ref rest, BinaryPrimitives.ReadUInt16BigEndian(count), out part);
    }
}

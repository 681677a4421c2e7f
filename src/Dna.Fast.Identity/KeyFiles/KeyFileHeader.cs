using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>What a key file says without its passphrase. Whether it is true is known only after the passphrase: until then anybody may have written it.</summary>
public sealed record KeyFileHeader
{
    /// <summary>The algorithms of the user's keys.</summary>
    public required SuiteId Suite { get; init; }

    /// <summary>128 lower-case hexadecimal digits: SHA3-512 of <see cref="SigningKey"/>, which is checked.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What its owner calls it; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>The public key that verifies the user's signatures.</summary>
    public required ReadOnlyMemory<byte> SigningKey { get; init; }

    /// <summary>The public key that others seal to.</summary>
    public required ReadOnlyMemory<byte> EncryptionKey { get; init; }

    /// <summary>DER SubjectPublicKeyInfo of the DHT identity; empty when there is none.</summary>
    public required ReadOnlyMemory<byte> DhtKey { get; init; }

    /// <summary>What a guess of the passphrase costs.</summary>
    public required PassphraseCost Cost { get; init; }

    /// <summary>Key id of the DHT identity; null when there is none.</summary>
    public InfoHash? DhtKeyId => DhtKey.IsEmpty ? null : InfoHash.Of(DhtKey.Span);

    /// <summary>Long id of the DHT identity; null when there is none.</summary>
    public LongId? DhtLongId => DhtKey.IsEmpty ? null : LongId.Of(DhtKey.Span);
}

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Keeps imported keys of recent owners: importing a key costs more than one verification with it.</summary>
/// <remarks>
/// Any thread. Bounded in two generations: when the young one is full it becomes the old one and the old one is forgotten, so a stranger who sends a new key
/// with every value costs imports, never memory. A key that is used moves back to the young generation.
/// </remarks>
internal sealed class OwnerKeyCache
{
    /// <summary>Keys in one generation; both together hold at most twice as many. One imported RSA-4096 key takes about 2 KiB.</summary>
    public const int GenerationMax = 512;

    private readonly Lock _turnover = new();
    private volatile ConcurrentDictionary<Digest, RSA> _young = new();
    private volatile ConcurrentDictionary<Digest, RSA> _old = new();

    /// <summary>Keys held now.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Returns the imported key, or null when the bytes are no RSA key within the bounds.</summary>
    /// <remarks>The key may be in use by other threads: lock it around each use. It is never disposed; the collector frees it after the last use.</remarks>
    public RSA? Find(ReadOnlySpan<byte> spki)
    {
        Digest digest = default;
        SHA256.HashData(spki, MemoryMarshal.AsBytes(new Span<Digest>(ref digest)));
        if (_young.TryGetValue(digest, out RSA? key)) return key;
        if (!_old.TryGetValue(digest, out key)) key = Import(spki);
        if (key is not null) Keep(digest, key);
        return key;
    }

    private void Keep(in Digest digest, RSA key)
    {
        lock (_turnover)
        {
            if (_young.Count >= GenerationMax)
            {
                _old = _young;
                _young = new ConcurrentDictionary<Digest, RSA>();
            }

            _young[digest] = key;
        }
    }

    private static RSA? Import(ReadOnlySpan<byte> spki)
    {
        if (!RsaPublicKey.TryRead(spki, out RsaPublicKey key)) return null;
        var rsa = RSA.Create();
        try
        {
            rsa.ImportParameters(new RSAParameters { Modulus = key.Modulus.ToArray(), Exponent = key.Exponent.ToArray() });
            return rsa;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    /// <summary>SHA-256 of a SubjectPublicKeyInfo: a stranger cannot make two keys meet.</summary>
    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D);
}

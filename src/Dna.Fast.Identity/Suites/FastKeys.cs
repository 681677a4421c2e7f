using Dna.Fast.Kademlia;
using NSec.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>One user's keys of the fast suite; the private halves lie in libsodium's guarded memory.</summary>
internal sealed class FastKeys : IIdentityKeys
{
    private readonly FastSuite _suite;
    private readonly byte[] _signingKey;
    private readonly byte[] _encryptionKey;
    private readonly Key _signing;
    private readonly Key _decryption;

    /// <param name="signing">Becomes ours.</param>
    /// <param name="decryption">Becomes ours.</param>
    public FastKeys(FastSuite suite, Key signing, Key decryption)
    {
        _suite = suite;
        _signing = signing;
        _decryption = decryption;
        _signingKey = signing.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        _encryptionKey = decryption.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        Fingerprint = UserFingerprint.Of(_signingKey);
    }

    public ISuite Suite => _suite;

    public string Fingerprint { get; }

    public ReadOnlyMemory<byte> SigningKey => _signingKey;

    public ReadOnlyMemory<byte> EncryptionKey => _encryptionKey;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => FastSuite.Signing.Sign(_signing, message, signature);

    public byte[]? Seal(IReadOnlyList<ReadOnlyMemory<byte>> recipients, ReadOnlySpan<byte> plaintext) => FastEnvelope.Seal(_suite, this, recipients, plaintext);

    public OpenStatus Open(ReadOnlySpan<byte> envelope, out byte[]? plaintext, out byte[]? senderKey) =>
        FastEnvelope.Open(_suite, _decryption, envelope, out plaintext, out senderKey);

    public bool TryUnwrapKey(ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        if (key.Length != FastSuite.KeyBytes) throw new ArgumentException($"A key has {FastSuite.KeyBytes} bytes.", nameof(key));
        if (wrapped.Length == FastSuite.WrappedBytes) return FastSuite.TryUnwrapKey(_decryption, wrapped, key);
        key.Clear();
        return false;
    }

    public byte[]? OpenBlob(ReadOnlySpan<byte> blob) => FastSuite.OpenBlob(_decryption, blob);

    public void ExportPrivate(Span<byte> signing, Span<byte> encryption)
    {
        if (signing.Length != FastSuite.KeyBytes || encryption.Length != FastSuite.KeyBytes) throw new ArgumentException($"A private key has {FastSuite.KeyBytes} bytes.");
        bool isDone = _signing.TryExport(KeyBlobFormat.RawPrivateKey, signing, out _) && _decryption.TryExport(KeyBlobFormat.RawPrivateKey, encryption, out _);
        if (!isDone) throw new InvalidOperationException("The keys cannot be exported.");
    }

    public override string ToString() => $"{_suite.Name} keys of {Fingerprint}";

    public void Dispose()
    {
        _signing.Dispose();
        _decryption.Dispose();
    }
}

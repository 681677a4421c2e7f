using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Org.BouncyCastle.Crypto.Parameters;

namespace Dna.Fast.Identity;

/// <summary>One user's keys of the messenger suite.</summary>
internal sealed class MessengerKeys : IIdentityKeys
{
    private readonly MessengerSuite _suite;
    private readonly byte[] _encryptionKey;
    private readonly byte[] _signingKey;

    // Pinned, so that the collector leaves no copy behind when it moves things.
    private readonly byte[] _decryption;
    private MLDsaPrivateKeyParameters? _signing;

    /// <param name="decryption">A pinned array, which becomes ours.</param>
    public MessengerKeys(MessengerSuite suite, MLDsaPrivateKeyParameters signing, byte[] decryption)
    {
        _suite = suite;
        _signing = signing;
        _decryption = decryption;
        _signingKey = signing.GetPublicKeyEncoded();
        _encryptionKey = Kyber1024.PublicKeyOf(decryption).ToArray();
        Fingerprint = UserFingerprint.Of(_signingKey);
    }

    public ISuite Suite => _suite;

    public string Fingerprint { get; }

    public ReadOnlyMemory<byte> SigningKey => _signingKey;

    public ReadOnlyMemory<byte> EncryptionKey => _encryptionKey;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => MlDsa87.Sign(Signing(), message, _suite.Random).CopyTo(signature);

    public byte[]? Seal(IReadOnlyList<ReadOnlyMemory<byte>> recipients, ReadOnlySpan<byte> plaintext) => MessengerEnvelope.Seal(_suite, this, recipients, plaintext);

    public OpenStatus Open(ReadOnlySpan<byte> envelope, out byte[]? plaintext, out byte[]? senderKey)
    {
        Signing();
        return MessengerEnvelope.Open(_decryption, envelope, out plaintext, out senderKey);
    }

    public bool TryUnwrapKey(ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        Signing();
        if (wrapped.Length == MessengerSuite.WrappedBytes) return MessengerSuite.TryUnwrapKey(_decryption, wrapped, key);
        key.Clear();
        return false;
    }

    public byte[]? OpenBlob(ReadOnlySpan<byte> blob)
    {
        Signing();
        return MessengerSuite.OpenBlob(_decryption, blob);
    }

    public void ExportPrivate(Span<byte> signing, Span<byte> encryption)
    {
        MlDsa87.Export(Signing(), signing);
        _decryption.CopyTo(encryption);
    }

    public override string ToString() => $"{_suite.Name} keys of {Fingerprint}";

    public void Dispose()
    {
        _signing = null;
        CryptographicOperations.ZeroMemory(_decryption);
    }

    private MLDsaPrivateKeyParameters Signing() => _signing ?? throw new ObjectDisposedException(nameof(MessengerKeys));
}

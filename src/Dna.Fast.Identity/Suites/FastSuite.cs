using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The fast suite.</summary>
public sealed class FastSuite(FillRandom random) : IIdentitySuite
{
    public SuiteId Id => SuiteId.Fast;

    public string Name => "fast";

    public int SigningKeyBytes => 32;

    public int EncryptionKeyBytes => 32;

    public int SignatureBytes => 64;

    public int WrappedKeyBytes => 80;

    public int BlobOverheadBytes => 72;

    public int PrivateSigningKeyBytes => 32;

    public int PrivateEncryptionKeyBytes => 32;

    internal FillRandom Random => random;

    public int EnvelopeBytes(int plaintextBytes, int recipients) => throw new NotImplementedException();

    public bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => throw new NotImplementedException();

    public bool WrapKey(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> key, Span<byte> wrapped) => throw new NotImplementedException();

    public byte[]? SealBlob(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> plaintext) => throw new NotImplementedException();

    public IIdentityKeys FromMaster(ReadOnlySpan<byte> master) => throw new NotImplementedException();

    public IIdentityKeys FromSeeds(ReadOnlySpan<byte> signingSeed, ReadOnlySpan<byte> encryptionSeed) => throw new NotImplementedException();

    public IIdentityKeys? Import(ReadOnlySpan<byte> privateSigningKey, ReadOnlySpan<byte> privateEncryptionKey) => throw new NotImplementedException();
}

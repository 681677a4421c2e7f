using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The messenger suite.</summary>
public sealed class MessengerSuite(FillRandom random) : IIdentitySuite
{
    public SuiteId Id => SuiteId.Messenger;

    public string Name => "messenger";

    public int SigningKeyBytes => 2592;

    public int EncryptionKeyBytes => 1568;

    public int SignatureBytes => 4627;

    public int WrappedKeyBytes => 1608;

    public int BlobOverheadBytes => 1596;

    public int PrivateSigningKeyBytes => 4896;

    public int PrivateEncryptionKeyBytes => 3168;

    internal FillRandom Random => random;

    public int EnvelopeBytes(int plaintextBytes, int recipients) => throw new NotImplementedException();

    public bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => throw new NotImplementedException();

    public bool WrapKey(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> key, Span<byte> wrapped) => throw new NotImplementedException();

    public byte[]? SealBlob(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> plaintext) => throw new NotImplementedException();

    public IIdentityKeys FromMaster(ReadOnlySpan<byte> master) => throw new NotImplementedException();

    public IIdentityKeys FromSeeds(ReadOnlySpan<byte> signingSeed, ReadOnlySpan<byte> encryptionSeed) => throw new NotImplementedException();

    public IIdentityKeys? Import(ReadOnlySpan<byte> privateSigningKey, ReadOnlySpan<byte> privateEncryptionKey) => throw new NotImplementedException();
}

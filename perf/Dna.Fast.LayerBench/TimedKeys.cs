using System.Diagnostics;
using Dna.Fast.Kademlia;

namespace Dna.Fast.LayerBench;

/// <summary>A user's keys whose work is timed.</summary>
internal sealed class TimedKeys(IUserKeys keys, TimedSuite suite, CryptoClock clock) : IUserKeys
{
    public ISuite Suite => suite;

    public string Fingerprint => keys.Fingerprint;

    public ReadOnlyMemory<byte> SigningKey => keys.SigningKey;

    public ReadOnlyMemory<byte> EncryptionKey => keys.EncryptionKey;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        long start = Stopwatch.GetTimestamp();
        keys.Sign(message, signature);
        clock.Add(CryptoPart.Sign, start);
    }

    public byte[]? Seal(IReadOnlyList<ReadOnlyMemory<byte>> recipients, ReadOnlySpan<byte> plaintext)
    {
        long start = Stopwatch.GetTimestamp();
        byte[]? envelope = keys.Seal(recipients, plaintext);
        clock.Add(CryptoPart.Seal, start);
        return envelope;
    }

    public OpenStatus Open(ReadOnlySpan<byte> envelope, out byte[]? plaintext, out byte[]? senderKey)
    {
        long start = Stopwatch.GetTimestamp();
        OpenStatus status = keys.Open(envelope, out plaintext, out senderKey);
        clock.Add(CryptoPart.Open, start);
        return status;
    }

    public bool TryUnwrapKey(ReadOnlySpan<byte> wrapped, Span<byte> key) => keys.TryUnwrapKey(wrapped, key);

    public byte[]? OpenBlob(ReadOnlySpan<byte> blob) => keys.OpenBlob(blob);

    public void Dispose() => keys.Dispose();
}

/// <summary>A suite whose verifications are timed.</summary>
internal sealed class TimedSuite(ISuite suite, CryptoClock clock) : ISuite
{
    public SuiteId Id => suite.Id;

    public string Name => suite.Name;

    public int SigningKeyBytes => suite.SigningKeyBytes;

    public int EncryptionKeyBytes => suite.EncryptionKeyBytes;

    public int SignatureBytes => suite.SignatureBytes;

    public int WrappedKeyBytes => suite.WrappedKeyBytes;

    public int BlobOverheadBytes => suite.BlobOverheadBytes;

    public int EnvelopeBytes(int plaintextBytes, int recipients) => suite.EnvelopeBytes(plaintextBytes, recipients);

    public bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        long start = Stopwatch.GetTimestamp();
        bool isRight = suite.Verify(signingKey, message, signature);
        clock.Add(CryptoPart.Verify, start);
        return isRight;
    }

    public bool WrapKey(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> key, Span<byte> wrapped) => suite.WrapKey(encryptionKey, key, wrapped);

    public byte[]? SealBlob(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> plaintext) => suite.SealBlob(encryptionKey, plaintext);
}

/// <summary>A node's verifier whose work is timed.</summary>
internal sealed class TimedVerifier(IValueVerifier verifier, CryptoClock clock) : IValueVerifier
{
    public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        long start = Stopwatch.GetTimestamp();
        bool isRight = verifier.Verify(ownerSpki, body, signature);
        clock.Add(CryptoPart.OwnerVerify, start);
        return isRight;
    }

    public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => verifier.ReadCertificateKey(data);
}

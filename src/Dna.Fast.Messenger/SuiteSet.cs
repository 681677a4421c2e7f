using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>The suites whose records a reader accepts. Any thread.</summary>
/// <remarks>A record does not name its suite: the length of its signing key does, and each suite has another.</remarks>
public sealed class SuiteSet
{
    private readonly ISuite[] _suites;

    /// <exception cref="ArgumentException">Two suites have signing keys of one length.</exception>
    public SuiteSet(params ReadOnlySpan<ISuite> suites)
    {
        _suites = suites.ToArray();
        if (_suites.DistinctBy(suite => suite.SigningKeyBytes).Count() != _suites.Length)
            throw new ArgumentException("Two suites have signing keys of one length: records of the two could not be told apart.", nameof(suites));
    }

    /// <summary>The suite whose signing keys have this length, in bytes; null when there is none.</summary>
    public ISuite? OfSigningKey(int bytes)
    {
        foreach (ISuite suite in _suites)
        {
            if (suite.SigningKeyBytes == bytes) return suite;
        }

        return null;
    }

    /// <summary>The suite whose signing key and signature together have this length, in bytes; null when there is none.</summary>
    public ISuite? OfSigned(int bytes)
    {
        foreach (ISuite suite in _suites)
        {
            if (suite.SigningKeyBytes + suite.SignatureBytes == bytes) return suite;
        }

        return null;
    }

    /// <summary>True when the signing key is of a known suite, hashes to the fingerprint, and made the signature.</summary>
    public bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<char> fingerprint, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        OfSigningKey(signingKey.Length) is { } suite
        && fingerprint.SequenceEqual(UserFingerprint.Of(signingKey))
        && suite.Verify(signingKey, message, signature);
}

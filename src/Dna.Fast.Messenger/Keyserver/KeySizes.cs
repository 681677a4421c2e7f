namespace Dna.Fast.Messenger;

/// <summary>Whether the parts of a record belong to one suite.</summary>
internal static class KeySizes
{
    public static bool Fit(SuiteSet suites, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> signature) =>
        suites.OfSigningKey(signingKey.Length) is { } suite && encryptionKey.Length == suite.EncryptionKeyBytes && signature.Length == suite.SignatureBytes;

    public static bool Fit(SuiteSet suites, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> signature) =>
        suites.OfSigningKey(signingKey.Length) is { } suite && signature.Length == suite.SignatureBytes;
}

namespace Dna.Fast.Messenger;

/// <summary>Somebody asks to be a contact (DNA layer, section 15.5).</summary>
/// <param name="Timestamp">When it was written, in seconds since 1970.</param>
/// <param name="Expiry">From this second on it does not count.</param>
/// <param name="Sender">Who asks: a fingerprint that <paramref name="SigningKey"/> hashes to.</param>
/// <param name="Name">How the sender is called, at most 63 bytes; proves nothing.</param>
/// <param name="Message">At most 255 bytes.</param>
/// <param name="IsAddressed">True when its signature says whom it asks. An old client's does not: somebody else may have been asked.</param>
public sealed record ContactRequest(
    ulong Timestamp, ulong Expiry, string Sender, string Name, ReadOnlyMemory<byte> SigningKey, string Message, bool IsAddressed);

namespace Dna.Fast.Identity;

/// <summary>What a <see cref="SecureDht"/> did with what it read, since its start.</summary>
/// <param name="Unsigned">Values passed on that nobody signed.</param>
/// <param name="Verified">Signed values that verified.</param>
/// <param name="Decrypted">Encrypted values that opened, were for us and verified.</param>
/// <param name="Forged">Signed values dropped, as the signature is wrong. The node below drops and counts most of them before.</param>
/// <param name="Undecryptable">Encrypted values dropped: not for us, changed, or wrongly signed inside; the reasons are not told apart.</param>
/// <param name="Unreadable">Values dropped that cannot be read at all.</param>
/// <param name="ForeignCertificates">Certificates found in the network that did not hash to the name that was looked up.</param>
/// <param name="Untried">Encrypted values dropped unopened: one answer held more of them than its reader opens, or the deadline came first.</param>
public readonly record struct SecureFigures(
    long Unsigned, long Verified, long Decrypted, long Forged, long Undecryptable, long Unreadable, long ForeignCertificates, long Untried);

namespace Dna.Fast.Messenger;

/// <summary>A contact that was removed, and when: without it an older copy of the list would bring it back.</summary>
/// <param name="Fingerprint">128 lower-case hex characters.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
public readonly record struct ContactChange(string Fingerprint, ulong Timestamp);

/// <summary>A user's contacts (DNA layer, section 13): what only the user reads.</summary>
/// <param name="Identity">Whose list it is: a fingerprint.</param>
/// <param name="Timestamp">When it was written, in seconds since 1970.</param>
/// <param name="Contacts">Fingerprints, each once, in the order in which they were added.</param>
/// <param name="Added">When contacts were added that had been removed before; ours, old readers ignore it.</param>
/// <param name="Removed">When former contacts were removed; ours, old readers ignore it.</param>
public sealed record ContactList(
    string Identity, ulong Timestamp, IReadOnlyList<string> Contacts, IReadOnlyList<ContactChange> Added, IReadOnlyList<ContactChange> Removed)
{
    /// <summary>An empty list.</summary>
    public static ContactList Empty(string identity) => new(identity, 0, [], [], []);
}

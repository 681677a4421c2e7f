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
/// <param name="KeepsTimes">True: its writer kept <paramref name="Added"/> and <paramref name="Removed"/>. False: an old client's, of which only its own time is known.</param>
public sealed record ContactList(
    string Identity, ulong Timestamp, IReadOnlyList<string> Contacts, IReadOnlyList<ContactChange> Added, IReadOnlyList<ContactChange> Removed, bool KeepsTimes = true)
{
    /// <summary>Removals that are remembered: the oldest are forgotten first.</summary>
    public const int RemovedMax = 64;

    /// <summary>An empty list.</summary>
    public static ContactList Empty(string identity) => new(identity, 0, [], [], []);

    /// <summary>The list with a contact more, added at the list's time.</summary>
    /// <param name="fingerprint">128 lower-case hex characters; one that is in the list already changes nothing.</param>
    public ContactList With(string fingerprint)
    {
        if (Contacts.Contains(fingerprint)) return this;
        // Later than its removal, also when the clock of whoever removed it was ahead.
        ulong removed = Removed.Where(change => change.Fingerprint == fingerprint).Select(change => change.Timestamp).FirstOrDefault();
        return this with { Contacts = [.. Contacts, fingerprint], Added = [.. Added, new ContactChange(fingerprint, Math.Max(Timestamp, removed + 1))] };
    }

    /// <summary>The list with a contact less, removed at the list's time.</summary>
    /// <param name="fingerprint">128 lower-case hex characters; of one that is not in the list the removal is remembered all the same.</param>
    public ContactList Without(string fingerprint)
    {
        ulong added = Added.Where(change => change.Fingerprint == fingerprint).Select(change => change.Timestamp).FirstOrDefault();
        return this with
        {
            Contacts = [.. Contacts.Where(other => other != fingerprint)],
            Added = [.. Added.Where(change => change.Fingerprint != fingerprint)],
            Removed = [new ContactChange(fingerprint, Math.Max(Timestamp, added)), .. Removed.Where(change => change.Fingerprint != fingerprint).Take(RemovedMax - 1)],
        };
    }

    /// <summary>Several copies of a user's list as one. A contact is in it when some copy has it and no copy removed it later than it was added.</summary>
    /// <remarks>In a copy of an old client every contact counts as added when the copy was written: what such a client shows is not taken away for what it could not know.</remarks>
    /// <param name="now">The time of the merged list, in seconds since 1970.</param>
    public static ContactList Merge(string identity, IReadOnlyCollection<ContactList> copies, ulong now)
    {
        var added = new Dictionary<string, ulong>();
        var removed = new Dictionary<string, ulong>();
        foreach (ContactList copy in copies.OrderBy(copy => copy.Timestamp))
        {
            Dictionary<string, ulong> times = copy.Added.DistinctBy(change => change.Fingerprint).ToDictionary(change => change.Fingerprint, change => change.Timestamp);
            foreach (string contact in copy.Contacts)
            {
                ulong time = copy.KeepsTimes ? times.GetValueOrDefault(contact) : copy.Timestamp;
                added[contact] = Math.Max(added.GetValueOrDefault(contact), time);
            }

            foreach (ContactChange change in copy.Removed) removed[change.Fingerprint] = Math.Max(removed.GetValueOrDefault(change.Fingerprint), change.Timestamp);
        }

        string[] contacts = [.. added.Where(entry => !removed.TryGetValue(entry.Key, out ulong time) || entry.Value > time).Select(entry => entry.Key)];
        // The time of an addition is needed only where there is a removal to win over.
        ContactChange[] readded = [.. contacts.Where(removed.ContainsKey).Select(contact => new ContactChange(contact, added[contact]))];
        ContactChange[] gone = [.. removed.OrderByDescending(entry => entry.Value).Take(RemovedMax).Select(entry => new ContactChange(entry.Key, entry.Value))];
        return new ContactList(identity, now, contacts, readded, gone);
    }
}

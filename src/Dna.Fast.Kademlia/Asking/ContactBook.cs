using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Every contact of one family that anything still refers to (section 6.2): the routing table's, the searches', the listeners'. Owner thread only.</summary>
/// <remarks>One object per id, so that what one part learns of a node all parts know.</remarks>
internal sealed class ContactBook(InfoHash self, RoutingTable table, TurnState turn)
{
    /// <summary>Contacts kept: the size stock prunes its cache at since 2.6.0 (section 6.2).</summary>
    public const int ContactsMax = 4096;

    private readonly Dictionary<InfoHash, Contact> _contacts = [];

    public int Count => _contacts.Count;

    public RoutingTable Table => table;

    /// <summary>A contact was seen (any level) that searches may want.</summary>
    public Action<Contact>? Seen { get; set; }

    /// <summary>A contact whose place in a full bucket is wanted: it should be pinged.</summary>
    public Action<Contact>? Doubted { get; set; }

    public Contact? Find(in InfoHash id) => _contacts.GetValueOrDefault(id);

    /// <summary>Notes a node by id and address, at one of the levels of section 6.2. The caller checked the address.</summary>
    public Contact? Note(in InfoHash id, in NodeAddress address, Confirmation confirmation)
    {
        if (Meet(id, address) is not { } contact) return null;
        if (contact.Address != address)
        {
            // A listing moves a contact only when we have not heard from it for a while: else anybody could lead others astray.
            bool mayMove = confirmation != Confirmation.Listed || turn.Ms - contact.HeardMs >= Contact.HeardAgeMsMax;
            if (mayMove) contact.Address = address;
        }

        if (confirmation == Confirmation.Incoming) contact.NoteHeard(turn.Ms);
        else if (confirmation == Confirmation.Replied) contact.NoteReplied(turn.Ms);
        InsertResult result = table.Insert(contact, confirmation, turn.Now);
        if (result.Ping is { } doubtful) Doubted?.Invoke(doubtful);
        Seen?.Invoke(contact);
        return contact;
    }

    /// <summary>The contact of a node we deal with, without a claim on a place in the table: listeners may be clients.</summary>
    public Contact? Meet(in InfoHash id, in NodeAddress address)
    {
        if (id == self || id.IsZero) return null;
        if (_contacts.TryGetValue(id, out Contact? contact)) return contact;
        if (_contacts.Count >= ContactsMax) Prune();
        contact = new Contact(id, address);
        _contacts.Add(id, contact);
        return contact;
    }

    /// <summary>The nearest known contacts that are not expired: where a search starts.</summary>
    public List<Contact> Nearest(InfoHash target, int count)
    {
        var nearest = new List<Contact>(count + 1);
        foreach (Contact contact in _contacts.Values)
        {
            if (contact.IsExpired) continue;
            int at = nearest.Count;
            while (at > 0 && target.CompareDistance(contact.Id, nearest[at - 1].Id) < 0) at--;
            if (at >= count) continue;
            nearest.Insert(at, contact);
            if (nearest.Count > count) nearest.RemoveAt(count);
        }

        return nearest;
    }

    /// <summary>Expired contacts, the last heard from first.</summary>
    public IEnumerable<Contact> Lost(int count) =>
        _contacts.Values.Where(c => c.IsExpired).OrderByDescending(c => c.HeardMs).ThenBy(c => c.Id).Take(count);

    public void ForgetAll()
    {
        foreach (Contact contact in _contacts.Values) contact.Forget();
    }

    /// <summary>Drops contacts nobody needs: outside the table, without a pending request, the longest silent first, until a quarter is free.</summary>
    public void Prune()
    {
        List<Contact> idle = _contacts.Values
            .Where(c => c.PendingRequests == 0 && table.Find(c.Id) is null)
            .OrderByDescending(c => c.IsExpired).ThenBy(c => c.HeardMs).ThenBy(c => c.Id)
            .Take(Math.Max(1, _contacts.Count - ContactsMax * 3 / 4))
            .ToList();
        foreach (Contact contact in idle) _contacts.Remove(contact.Id);
    }
}

using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>The searches of one family, one per key, kept and used again (section 6.4). Owner thread only.</summary>
internal sealed class SearchBook(IpFamily family, TurnState turn, TimerQueue timers, QuerySender queries, ContactBook contacts)
{
    /// <summary>An idle search is removed this long after its last step: 62 min (section 6.3).</summary>
    private const long IdleMsMax = 62 * 60_000;

    /// <summary>Searches at once. All are our own side's: no stranger can start one.</summary>
    private const int SearchesMax = 65_536;

    private readonly Dictionary<InfoHash, Search> _searches = [];

    public int Count => _searches.Count;

    /// <summary>True while nodes may still come: a bootstrap is under way.</summary>
    public Func<bool> MayFindNodes { get; set; } = () => false;

    /// <summary>The search for a key, begun from the nearest known contacts when it is new.</summary>
    public Search Get(in InfoHash key)
    {
        if (!_searches.TryGetValue(key, out Search? search))
        {
            if (_searches.Count >= SearchesMax) RemoveIdle(0);
            search = new Search(key, family, turn, timers, queries) { MayFindNodes = () => MayFindNodes() };
            _searches.Add(key, search);
        }

        foreach (Contact contact in contacts.Nearest(key, Search.NodesMax)) search.Offer(contact);
        return search;
    }

    /// <summary>Forgets the search for a key when nobody waits for it: for somebody who goes through very many keys, each once.</summary>
    public void Drop(in InfoHash key)
    {
        if (_searches.TryGetValue(key, out Search? search) && !search.HasTasks) _searches.Remove(key);
    }

    public bool Contains(in InfoHash key) => _searches.ContainsKey(key);

    /// <summary>A contact was seen: every search may want it.</summary>
    public void Offer(Contact contact)
    {
        foreach (Search search in _searches.Values.ToList())
        {
            // A search nobody waits for is filled again from the contacts when it is used.
            if (search.HasTasks && search.Offer(contact)) search.Step();
        }
    }

    /// <summary>Lets every search look again: after a contact expired, a bootstrap ended, the network changed.</summary>
    public void StepAll()
    {
        foreach (Search search in _searches.Values.ToList())
        {
            if (search.HasTasks) search.Step();
        }
    }

    /// <summary>Fills the searches again from all contacts and lets them look.</summary>
    public void Refill()
    {
        foreach (Search search in _searches.Values.ToList())
        {
            if (!search.HasTasks) continue;
            search.Forgive();
            foreach (Contact contact in contacts.Nearest(search.Key, Search.NodesMax)) search.Offer(contact);
            search.Step();
        }
    }

    public void RemoveIdle(long idleMs = IdleMsMax)
    {
        List<InfoHash> idle = _searches.Values.Where(s => !s.HasTasks && turn.Ms - s.LastStepMs >= idleMs).Select(s => s.Key).ToList();
        foreach (InfoHash key in idle) _searches.Remove(key);
    }
}

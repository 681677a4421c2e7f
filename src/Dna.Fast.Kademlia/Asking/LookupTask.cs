namespace Dna.Fast.Kademlia.Asking;

/// <summary>A search for its own sake: to meet the nodes around a key. Owner thread only.</summary>
internal sealed class LookupTask : ISearchTask
{
    public bool AsksOnTheWay => false;

    public int Width => Search.AnnounceWidth;

    public bool Step(Search search, SearchNode node) => false;

    public bool IsDoneAt(SearchNode node) => true;

    public long DueMs(SearchNode node) => long.MaxValue;

    public void Completed(Search search) => search.Remove(this);

    public void Failed(Search search) => search.Remove(this);
}

using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Operators;

/// <summary>A store that says that it took everything, and keeps nothing.</summary>
internal sealed class ForgetfulStore : IValueStore
{
    public long CommittedTicket => 0;

    public StoreStatistics Statistics => new() { Health = "ok" };

    public void Read(in InfoHash key, long nowUnixMs, IValueVisitor visitor)
    {
    }

    public bool ReadOne(in InfoHash key, ulong valueId, long nowUnixMs, IValueVisitor visitor) => false;

    public bool Contains(in InfoHash key, long nowUnixMs) => false;

    public PutResult Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable, long nowUnixMs, IEditPolicy policy) => new(PutStatus.Stored, 0);

    public PutResult Refresh(in InfoHash key, ulong valueId, long createdUnixMs, long expiresUnixMs, bool durable, long nowUnixMs) => new(PutStatus.Refused, 0);

    public bool Remove(in InfoHash key, ulong valueId) => false;

    public void RequestCommit()
    {
    }

    public void Observe(IStoreObserver observer)
    {
    }

    public void Dispose()
    {
    }
}

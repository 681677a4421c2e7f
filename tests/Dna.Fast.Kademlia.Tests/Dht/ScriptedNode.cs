using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests;

/// <summary>A node whose answers a test decides.</summary>
internal sealed class ScriptedNode : INodeOperations
{
    public Action<PutOutcome>? PutDone { get; private set; }

    public bool PutIsPermanent { get; private set; }

    public Func<FoundValue, bool>? Found { get; private set; }

    public Action<GetOutcome>? GetDone { get; private set; }

    public Action<ListenEvent>? Told { get; private set; }

    public Action<bool, InfoHash>? PingDone { get; private set; }

    public Operation Last { get; private set; } = new();

    public IOperation Put(in InfoHash key, ReadOnlyMemory<byte> packed, bool permanent, Action<PutOutcome> done)
    {
        (PutDone, PutIsPermanent) = (done, permanent);
        return Last = new Operation();
    }

    public IOperation Get(in InfoHash key, ReadOnlyMemory<byte> where, Func<FoundValue, bool> found, Action<GetOutcome> done)
    {
        (Found, GetDone) = (found, done);
        return Last = new Operation();
    }

    public IOperation Listen(in InfoHash key, ReadOnlyMemory<byte> where, Action<ListenEvent> told)
    {
        Told = told;
        return Last = new Operation();
    }

    public void Ping(in NodeAddress address, Action<bool, InfoHash> done) => PingDone = done;

    internal sealed class Operation : IOperation
    {
        public int Cancelled { get; private set; }

        public void Cancel() => Cancelled++;
    }
}

using System.Collections.Concurrent;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What the packet threads tell the owner.</summary>
internal enum NodeEventKind : byte
{
    Heard,
    Answer,
    Update,
    Assembled,
    Listen,
    Changed,
}

/// <summary>One entry of the inbox; which fields mean something depends on the kind.</summary>
internal struct NodeEvent
{
    public NodeEventKind Kind;
    public ValueChange Change;
    public Route From;
    public InfoHash Id;
    public InfoHash Key;
    public ulong ValueId;
    public uint Transaction;
    public uint SocketId;
    public uint ListenVersion;
    public byte[]? Bytes;
    public ReassembledMessage? Message;
}

/// <summary>The inbox: a bounded queue for what strangers cause, and one without a bound for our own side.</summary>
/// <remarks>Many threads add; the owner thread alone takes. Own actions are few and never dropped.</remarks>
internal sealed class NodeInbox : INodeInbox
{
    /// <summary>Entries waiting: a burst of a full batch from each of 64 workers fits.</summary>
    private const int EntriesMax = 8192;

    /// <summary>Bytes waiting in copied datagrams: some hundred big replies.</summary>
    private const long BytesMax = 16 << 20;

    private readonly ConcurrentQueue<NodeEvent> _events = new();
    private readonly ConcurrentQueue<Action> _actions = new();
    private int _count;
    private long _bytes;
    private long _dropped;
    private volatile Action? _wake;

    /// <summary>Entries dropped since start. Any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool IsEmpty => _events.IsEmpty && _actions.IsEmpty;

    public void Attach(Action wake) => _wake = wake;

    public void Heard(in InfoHash id, in NodeAddress address) =>
        Add(new NodeEvent { Kind = NodeEventKind.Heard, Id = id, From = new Route(address, default) }, 0);

    public void Answer(in Route from, ReadOnlySpan<byte> datagram) => AddDatagram(NodeEventKind.Answer, from, datagram);

    public void Update(in Route from, ReadOnlySpan<byte> datagram) => AddDatagram(NodeEventKind.Update, from, datagram);

    public void Assembled(in Route from, ReassembledMessage message) =>
        Add(new NodeEvent { Kind = NodeEventKind.Assembled, From = from, Message = message }, 0);

    public void Listen(in Route from, uint transaction, in InfoHash id, in InfoHash key, uint socketId, uint listenVersion, ReadOnlySpan<byte> query)
    {
        if (!HasRoom(query.Length)) return;
        Add(
            new NodeEvent
            {
                Kind = NodeEventKind.Listen,
                From = from,
                Id = id,
                Key = key,
                Transaction = transaction,
                SocketId = socketId,
                ListenVersion = listenVersion,
                Bytes = query.ToArray(),
            },
            query.Length);
    }

    public void Changed(in InfoHash key, ulong valueId, ValueChange change) =>
        Add(new NodeEvent { Kind = NodeEventKind.Changed, Key = key, ValueId = valueId, Change = change }, 0);

    public void Post(Action action)
    {
        _actions.Enqueue(action);
        _wake?.Invoke();
    }

    /// <summary>Owner thread.</summary>
    public bool TryTake(out NodeEvent entry)
    {
        if (!_events.TryDequeue(out entry)) return false;
        Interlocked.Decrement(ref _count);
        if (entry.Bytes is { Length: > 0 } bytes) Interlocked.Add(ref _bytes, -bytes.Length);
        return true;
    }

    /// <summary>Owner thread.</summary>
    public bool TryTakeAction(out Action action) => _actions.TryDequeue(out action!);

    private void AddDatagram(NodeEventKind kind, in Route from, ReadOnlySpan<byte> datagram)
    {
        if (!HasRoom(datagram.Length)) return;
        Add(new NodeEvent { Kind = kind, From = from, Bytes = datagram.ToArray() }, datagram.Length);
    }

    private bool HasRoom(int bytes)
    {
        if (Volatile.Read(ref _count) < EntriesMax && Interlocked.Read(ref _bytes) + bytes <= BytesMax) return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    private void Add(in NodeEvent entry, int bytes)
    {
        if (Interlocked.Increment(ref _count) > EntriesMax)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _dropped);
            return;
        }

        if (bytes > 0) Interlocked.Add(ref _bytes, bytes);
        _events.Enqueue(entry);
        _wake?.Invoke();
    }
}

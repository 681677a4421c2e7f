using System.Threading.Channels;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Fakes;

/// <summary>One value as the network keeps it, with the versions it had before.</summary>
internal sealed class FakeSlot(byte[] owner, ulong id)
{
    public byte[] Owner { get; } = owner;

    public ulong Id { get; } = id;

    public List<(ushort Seq, ushort Type, byte[] Data)> Versions { get; } = [];

    public (ushort Seq, ushort Type, byte[] Data) Newest => Versions[^1];
}

/// <summary>A network in memory that does what the real one may do: be away, answer too late, answer with an old version, answer in any order, and keep two owners under one id.</summary>
/// <remarks>Any thread. Its seed decides all orders; a failing test prints nothing more than its own seed.</remarks>
internal sealed class FakeNetwork(int seed = 1)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<InfoHash, List<FakeSlot>> _slots = [];
    private readonly Dictionary<InfoHash, List<Channel<SecureListenEvent>>> _listeners = [];

    /// <summary>No node answers.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>Every call ends with its deadline.</summary>
    public bool IsLate { get; set; }

    /// <summary>Keys for which no node answers.</summary>
    public HashSet<InfoHash> UnreachableKeys { get; } = [];

    /// <summary>Keys under which no node takes a value.</summary>
    public HashSet<InfoHash> UnreachablePuts { get; } = [];

    /// <summary>Nodes take what is put, and what they answer comes too late.</summary>
    public bool IsPutAnswerLate { get; set; }

    /// <summary>Gets give the version before the newest one.</summary>
    public bool IsStale { get; set; }

    /// <summary>Different nodes keep different owners under one id, as real ones do; else the first owner keeps the slot.</summary>
    public bool IsSplit { get; set; }

    /// <summary>True: nodes acknowledge a change of anything but user data, and keep what they have, as stock nodes do with types that they do not know.</summary>
    public bool KeepsFirst { get; set; }

    /// <summary>Runs before each put, as another client that is quicker.</summary>
    public Action<InfoHash>? BeforePut { get; set; }

    /// <summary>Listeners hear nothing any more, and nobody tells them.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Listeners there are.</summary>
    public int Listeners
    {
        get
        {
            lock (_lock) return _listeners.Values.Sum(heard => heard.Count);
        }
    }

    /// <summary>True when somebody listens to a key.</summary>
    public bool IsListenedTo(InfoHash key)
    {
        lock (_lock) return _listeners.TryGetValue(key, out List<Channel<SecureListenEvent>>? heard) && heard.Count > 0;
    }

    /// <summary>How many puts were taken.</summary>
    public int Puts { get; private set; }

    /// <summary>How many gets were asked.</summary>
    public int Gets { get; private set; }

    /// <summary>A client with an owner key of its own.</summary>
    public FakeDht Client(byte owner) => new(this, [owner, 1, 2, 3]);

    public IReadOnlyList<FakeSlot> At(InfoHash key)
    {
        lock (_lock) return [.. _slots.GetValueOrDefault(key, [])];
    }

    /// <summary>The newest version of every value, wherever it lies: what somebody who listens can put again later.</summary>
    public IReadOnlyList<(InfoHash Key, FakeSlot Slot, byte[] Data)> Everything()
    {
        lock (_lock) return [.. _slots.SelectMany(place => place.Value.Select(slot => (place.Key, slot, slot.Newest.Data)))];
    }

    /// <summary>Something a stranger put there unsigned.</summary>
    public void PutUnsigned(InfoHash key, byte[] data, ushort type = 0x1001)
    {
        lock (_lock)
        {
            var slot = new FakeSlot([], (ulong)_random.NextInt64());
            slot.Versions.Add((0, type, data));
            SlotsAt(key).Add(slot);
        }
    }

    internal SecurePutAnswer Put(InfoHash key, byte[] owner, NewSecureValue value)
    {
        BeforePut?.Invoke(key);
        lock (_lock)
        {
            if (IsLate) return new SecurePutAnswer(SecurePutStatus.TimedOut, value.Id, 0, 0, 0);
            if (IsUnreachable || UnreachableKeys.Contains(key) || UnreachablePuts.Contains(key)) return new SecurePutAnswer(SecurePutStatus.Unreachable, value.Id, 0, 0, 0);
            if (value.Id == 0) value = value with { Id = (ulong)_random.NextInt64(2, long.MaxValue) };
            List<FakeSlot> slots = SlotsAt(key);
            FakeSlot? own = slots.Find(slot => slot.Id == value.Id && slot.Owner.AsSpan().SequenceEqual(owner));
            if (own is null && !IsSplit && slots.Exists(slot => slot.Id == value.Id)) return new SecurePutAnswer(SecurePutStatus.SlotTaken, value.Id, 0, 0, 8);
            if (own is null) slots.Add(own = new FakeSlot(owner, value.Id));
            if (value.ExpectedSeq is { } expected && own.Versions.Count > 0 && own.Newest.Seq > expected) return new SecurePutAnswer(SecurePutStatus.Outdated, value.Id, 0, 0, 8);
            ushort seq = own.Versions.Count == 0 ? (ushort)0 : (ushort)(own.Newest.Seq + 1);
            if (!KeepsFirst || seq == 0 || value.Type == 0) own.Versions.Add((seq, value.Type, value.Data.ToArray()));
            Puts++;
            if (!IsDeaf) foreach (Channel<SecureListenEvent> heard in _listeners.GetValueOrDefault(key, [])) Tell(heard, own);
            return IsPutAnswerLate ? new SecurePutAnswer(SecurePutStatus.TimedOut, value.Id, 0, 0, 8) : new SecurePutAnswer(SecurePutStatus.Acknowledged, value.Id, seq, 8, 8);
        }
    }

    internal Channel<SecureListenEvent> Listen(InfoHash key)
    {
        var heard = Channel.CreateUnbounded<SecureListenEvent>();
        lock (_lock)
        {
            if (!_listeners.TryGetValue(key, out List<Channel<SecureListenEvent>>? listeners)) _listeners[key] = listeners = [];
            listeners.Add(heard);
            foreach (FakeSlot slot in _slots.GetValueOrDefault(key, [])) Tell(heard, slot);
        }

        return heard;
    }

    internal void EndListening(InfoHash key, Channel<SecureListenEvent> heard)
    {
        lock (_lock) _listeners[key].Remove(heard);
    }

    /// <summary>All listeners end: with an error when they were too slow.</summary>
    public void EndListeners(Exception? error = null)
    {
        lock (_lock)
        {
            foreach (Channel<SecureListenEvent> heard in _listeners.Values.SelectMany(listeners => listeners)) heard.Writer.TryComplete(error);
        }
    }

    internal SecureGetAnswer Get(InfoHash key)
    {
        lock (_lock)
        {
            Gets++;
            if (IsLate) return Empty(GetAnswerStatus.TimedOut, isComplete: false);
            if (IsUnreachable || UnreachableKeys.Contains(key)) return Empty(GetAnswerStatus.Unreachable, isComplete: true);
            FakeSlot[] slots = [.. _slots.GetValueOrDefault(key, [])];
            _random.Shuffle(slots);
            VerifiedValue[] all = [.. slots.Select(Read)];
            VerifiedValue[] values = [.. all.Where(value => !value.IsTombstone)];
            return new SecureGetAnswer(values.Length > 0 ? GetAnswerStatus.Found : GetAnswerStatus.Absent, values, [.. all.Where(value => value.IsTombstone)], 8, true, 0, 0);
        }
    }

    private static SecureGetAnswer Empty(GetAnswerStatus status, bool isComplete) => new(status, [], [], 0, isComplete, 0, 0);

    private void Tell(Channel<SecureListenEvent> heard, FakeSlot slot)
    {
        VerifiedValue value = Read(slot);
        heard.Writer.TryWrite(new SecureListenEvent(ValueChange.Stored, slot.Id, value, value.OwnerId));
    }

    private VerifiedValue Read(FakeSlot slot)
    {
        (ushort seq, ushort type, byte[] data) = IsStale && slot.Versions.Count > 1 ? slot.Versions[^2] : slot.Newest;
        return new VerifiedValue
        {
            Id = slot.Id,
            Type = type,
            Data = data,
            Owner = slot.Owner,
            OwnerId = slot.Owner.Length > 0 ? InfoHash.Of(slot.Owner) : default,
            Seq = seq,
            Packed = default,
            // An old answer tells nothing of where the new version is.
            From = IsStale ? default : NodeAddress.V4(0x7F000001, 4000),
        };
    }

    private List<FakeSlot> SlotsAt(InfoHash key)
    {
        if (!_slots.TryGetValue(key, out List<FakeSlot>? slots)) _slots[key] = slots = [];
        return slots;
    }
}

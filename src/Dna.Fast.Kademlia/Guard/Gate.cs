using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>What the gate says of a source, cheapest check first.</summary>
public enum GateVerdict : byte
{
    Pass,

    /// <summary>An address nobody can answer to.</summary>
    Martian,

    /// <summary>The operator blocks it.</summary>
    Blocked,

    /// <summary>It is of no public network, and we are reached on one.</summary>
    NotPublic,

    /// <summary>On the blacklist.</summary>
    Blacklisted,

    /// <summary>Its prefix used up its budget.</summary>
    OverSourceBudget,

    /// <summary>All sources together used up the budget.</summary>
    OverGlobalBudget,
}

/// <summary>Decides whether a datagram may come in. Shared by all workers; any thread; allocates nothing, and but for <see cref="Blacklist"/> takes no lock.</summary>
/// <remarks>
/// Limits are strict: no source gets more than its number of requests into any second (workers that decide at the same instant may pass one each beyond it). They
/// are so at the price of a window that is up to 143 ms longer than a second. A refused request is charged to nobody.
/// </remarks>
public sealed class Gate
{
    // Without a global limit the total is only a statistic: threads then count in cells of their own, so that they do not share a cache line. As many as the largest
    // machines have workers, 4 KiB in all.
    private const int Stripes = 64;

    private readonly ulong _hashSeed;
    private readonly BlockedSources _blacklist = new();
    private readonly Lock _changing = new();
    private Plan _plan;
    private BlockedRanges _blocked = BlockedRanges.None;
    private StorePermission _storing = StorePermission.Everybody;
    private volatile PrivateAddresses _private;
    private volatile bool _isSoft;

    /// <param name="limits">Requests a second.</param>
    /// <param name="hashSeed">Secret of this process: it keeps strangers from choosing sources that share a victim's budget.</param>
    public Gate(RateLimits limits, ulong hashSeed)
    {
        _hashSeed = hashSeed;
        _plan = PlanOf(limits, before: null);
    }

    /// <summary>Requests a second. May be changed at any time from any thread; what was charged before still counts, except where a limit is new.</summary>
    public RateLimits Limits
    {
        get => Volatile.Read(ref _plan).Limits;
        set
        {
            lock (_changing) Volatile.Write(ref _plan, PlanOf(value, _plan));
        }
    }

    /// <summary>Addresses whose datagrams are dropped and which are not contacted. May be changed at any time from any thread.</summary>
    public BlockedRanges Blocked
    {
        get => Volatile.Read(ref _blocked);
        set => Volatile.Write(ref _blocked, value);
    }

    /// <summary>What is done about addresses that are not public. May be changed at any time from any thread.</summary>
    public PrivateAddresses Private
    {
        get => _private;
        set => _private = value;
    }

    /// <summary>Who may store values here. May be changed at any time from any thread.</summary>
    public StorePermission Storing
    {
        get => Volatile.Read(ref _storing);
        set => Volatile.Write(ref _storing, value);
    }

    /// <summary>Soft mode: what costs much traffic is not served. May be changed at any time from any thread.</summary>
    public bool IsSoft
    {
        get => _isSoft;
        set => _isSoft = value;
    }

    /// <summary>All our own addresses are public: what is assumed of a datagram of which it is not known to which of them it came.</summary>
    public bool IsPublicOnly { get; init; }

    /// <summary>For every datagram, before decoding: <see cref="CheckSource"/>, and whether a source that is not public may be answered.</summary>
    /// <remarks>A source of no public network that comes to a public address of ours was forged or lost its way: whatever we answered would leave for addresses that are none of our
    /// provider's customers. On an address of the same kind it is a neighbour.</remarks>
    public GateVerdict CheckArrival(in Route from, long nowMs)
    {
        if (!PublicAddress.Is(from.Remote) && !MayAnswer(from)) return IsMartian(from.Remote) ? GateVerdict.Martian : GateVerdict.NotPublic;
        return CheckSource(from.Remote, nowMs);
    }

    /// <summary>Whether an address that another node named may be contacted.</summary>
    /// <remarks>A node of the public internet has no business naming addresses that mean something else in each network; one of a local network names its neighbours.</remarks>
    public bool MayFollow(in NodeAddress named, in NodeAddress namer) =>
        PublicAddress.Is(named) || _private switch
        {
            PrivateAddresses.Allow => true,
            PrivateAddresses.Refuse => named.IsLoopback,
            _ => !PublicAddress.Is(namer),
        };

    /// <summary>Martians, blocked addresses and the blacklist only: also for addresses others name.</summary>
    public GateVerdict CheckSource(in NodeAddress source, long nowMs)
    {
        if (IsMartian(source)) return GateVerdict.Martian;
        if (Volatile.Read(ref _blocked).Contains(source)) return GateVerdict.Blocked;
        return _blacklist.Contains(source, nowMs) ? GateVerdict.Blacklisted : GateVerdict.Pass;
    }

    /// <summary>Charges one request to the budgets. Requests, and fragments that match nothing; not replies.</summary>
    public GateVerdict Charge(in NodeAddress source, long nowMs)
    {
        uint slot = SlidingWindow.SlotOf(nowMs);
        Plan plan = Volatile.Read(ref _plan);
        (int First, int Second) cells = default;
        if (plan.Budgets is not null)
        {
            cells = plan.Budgets.CellsOf(source);
            if (plan.Budgets.IsSpent(cells, slot, plan.Limits.PerSource)) return GateVerdict.OverSourceBudget;
        }

        Span<ulong> total = plan.TotalCell();
        if (plan.Limits.Global > 0 && SlidingWindow.Sum(total, slot) >= plan.Limits.Global) return GateVerdict.OverGlobalBudget;
        SlidingWindow.Add(total, slot);
        plan.Budgets?.Add(cells, slot);
        return GateVerdict.Pass;
    }

    /// <summary>Ignores an address (with port) for 10 minutes. The list holds 4,096; when it is full, a new address is left out.</summary>
    public void Blacklist(in NodeAddress address, long nowMs) => _blacklist.Add(address, nowMs);

    /// <summary>Addresses on the blacklist. Entries whose time is over are counted until the next one is added.</summary>
    public int BlacklistCount => _blacklist.Count;

    /// <summary>Requests charged within the last second (1,001 to 1,143 ms), for statistics.</summary>
    public int RequestsLastSecond(long nowMs)
    {
        int sum = 0;
        ulong[] total = Volatile.Read(ref _plan).Total;
        for (int i = 0; i < total.Length; i += SlidingWindow.Words)
            sum += SlidingWindow.Sum(total.AsSpan(i, SlidingWindow.Words), SlidingWindow.SlotOf(nowMs));
        return sum;
    }

    /// <summary>The rule for martians (section 6.8), also for entries of node lists: port 0, 0.0.0.0/8, 224.0.0.0/3, ff00::/8 and ::.</summary>
    /// <remarks>Link-local IPv6 passes, as from 2.6.0 on. An IPv4-mapped IPv6 address never gets here as one: <see cref="NodeAddress"/> makes it IPv4.</remarks>
    public static bool IsMartian(in NodeAddress address)
    {
        if (address.Port == 0) return true;
        if (address.IsV4) return address.Low >> 24 is 0 or >= 224;
        return !address.IsValid || address.High >> 56 == 0xFF || address.IsUnspecified;
    }

    private bool MayAnswer(in Route from)
    {
        if (_private == PrivateAddresses.Allow || from.Remote.IsLoopback) return true;
        if (_private == PrivateAddresses.Refuse) return false;
        (ulong high, ulong low) = (from.Local.High, from.Local.Low);
        if (high == 0 && low == 0) return !IsPublicOnly;
        return !PublicAddress.Is(from.Remote.IsV4 ? NodeAddress.V4((uint)low, 1) : NodeAddress.V6(high, low, 1));
    }

    private Plan PlanOf(RateLimits limits, Plan? before)
    {
        int words = (limits.Global > 0 ? 1 : Stripes) * SlidingWindow.Words;
        return new Plan(
            limits,
            limits.PerSource <= 0 ? null : before?.Budgets ?? new RequestBudgets(_hashSeed),
            before?.Total.Length == words ? before.Total : new ulong[words]);
    }

    /// <summary>Limits with the cells that count for them: a change replaces all at once, so that no request is held to half of it.</summary>
    private sealed record Plan(RateLimits Limits, RequestBudgets? Budgets, ulong[] Total)
    {
        public Span<ulong> TotalCell()
        {
            int stripe = Limits.Global > 0 ? 0 : Environment.CurrentManagedThreadId % Stripes;
            return Total.AsSpan(stripe * SlidingWindow.Words, SlidingWindow.Words);
        }
    }
}

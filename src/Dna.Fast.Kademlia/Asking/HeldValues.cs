using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>What a subscription believes to be stored, and who holds each value (section 6.7). Owner thread only.</summary>
/// <remarks>
/// Values are told apart by id and owner: a node that pushes its own value under somebody's id changes nothing about that somebody's, neither its version
/// nor whether it is gone. One holder has one value under an id, as its slot can hold but one.
/// </remarks>
internal sealed class HeldValues
{
    /// <summary>Values kept at once: as many as stock caches per node. The arrivals beyond are told but not tracked.</summary>
    public const int CountMax = 4096;

    /// <summary>Values of one holder that are tracked: half, so that one that makes values up leaves room for what the others hold. More of it is dropped.</summary>
    public const int OfHolderMax = CountMax / 2;

    private sealed class Held(InfoHash owner)
    {
        /// <summary>Digest of the owner's key; zero for an unsigned value.</summary>
        public InfoHash Owner { get; } = owner;

        public ReadOnlyMemory<byte> Packed { get; set; }

        public ushort Type { get; set; }

        public ushort Seq { get; set; }

        /// <summary>Who has it, and until when we believe so without hearing more.</summary>
        public Dictionary<uint, long> UntilMs { get; } = [];
    }

    private readonly Dictionary<ulong, List<Held>> _versions = [];
    private readonly Dictionary<uint, int> _countOfHolders = [];

    /// <summary>Values tracked now.</summary>
    public int Count { get; private set; }

    /// <summary>The moment at which the first belief ends; <see cref="long.MaxValue"/> without any.</summary>
    public long NextDueMs => _versions.Values.SelectMany(v => v).SelectMany(h => h.UntilMs.Values).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>A holder has a value.</summary>
    /// <param name="isSurplus">True when it was dropped: this holder has sent more than one may.</param>
    /// <returns>True when it is new, or a newer version of its owner: to be told.</returns>
    public bool Hold(uint holder, in ValueView value, ReadOnlyMemory<byte> packed, long nowMs, out bool isSurplus)
    {
        InfoHash owner = value.IsSigned ? InfoHash.Of(value.Owner) : default;
        List<Held>? versions = _versions.GetValueOrDefault(value.Id);
        Held? held = versions?.Find(version => version.Owner == owner);
        // Its slot holds this one now. What nobody holds any more was replaced, which the value about to be told says.
        foreach (Held other in VersionsOf(value.Id))
        {
            if (other != held && Leave(other, holder) && other.UntilMs.Count == 0) Forget(value.Id, other);
        }

        bool isNews = held is null || IsNewer(held, value);
        isSurplus = held?.UntilMs.ContainsKey(holder) is not true && _countOfHolders.GetValueOrDefault(holder) >= OfHolderMax;
        if (isSurplus) return false;
        if (held is null)
        {
            if (Count >= CountMax) return true;
            if (!_versions.TryGetValue(value.Id, out versions)) _versions.Add(value.Id, versions = []);
            versions.Add(held = new Held(owner));
            Count++;
        }

        if (isNews) (held.Packed, held.Type, held.Seq) = (packed, value.Type, value.Seq);
        if (!held.UntilMs.ContainsKey(holder)) _countOfHolders[holder] = _countOfHolders.GetValueOrDefault(holder) + 1;
        held.UntilMs[holder] = nowMs + TypeRegistry.LifetimeMs(held.Type);
        return isNews;
    }

    /// <summary>A holder says a value's lifetime began anew.</summary>
    public void Renew(uint holder, ulong valueId, long nowMs)
    {
        foreach (Held held in VersionsOf(valueId))
        {
            if (held.UntilMs.ContainsKey(holder)) held.UntilMs[holder] = nowMs + TypeRegistry.LifetimeMs(held.Type);
        }
    }

    /// <summary>A holder lost a value.</summary>
    /// <param name="gone">Told of it when this holder was the last.</param>
    public void Lose(uint holder, ulong valueId, Action<ulong, ReadOnlyMemory<byte>> gone)
    {
        foreach (Held held in VersionsOf(valueId)) Lose(held, holder, valueId, gone);
    }

    /// <summary>A holder is gone with all it held.</summary>
    public void LoseAll(uint holder, Action<ulong, ReadOnlyMemory<byte>> gone)
    {
        foreach (ulong id in _versions.Keys.ToList()) Lose(holder, id, gone);
    }

    /// <summary>Ends the beliefs that nobody renewed in time.</summary>
    public void LoseDue(long nowMs, Action<ulong, ReadOnlyMemory<byte>> gone)
    {
        foreach (ulong id in _versions.Keys.ToList())
        {
            foreach (Held held in VersionsOf(id))
            {
                foreach (uint holder in held.UntilMs.Where(h => h.Value <= nowMs).Select(h => h.Key).ToList()) Lose(held, holder, id, gone);
            }
        }
    }

    private static bool IsNewer(Held held, in ValueView value)
    {
        if (ValueReader.Read(held.Packed.Span, out ValueView old, out _) != DecodeStatus.Ok) return true;
        return !old.IsEqualTo(value) && (!value.IsSigned || value.Seq > held.Seq);
    }

    // A copy: what is told may end in a change here.
    private Held[] VersionsOf(ulong valueId) => _versions.TryGetValue(valueId, out List<Held>? versions) ? [.. versions] : [];

    private void Lose(Held held, uint holder, ulong valueId, Action<ulong, ReadOnlyMemory<byte>> gone)
    {
        if (!Leave(held, holder) || held.UntilMs.Count > 0) return;
        Forget(valueId, held);
        gone(valueId, held.Packed);
    }

    /// <returns>False when it was no holder.</returns>
    private bool Leave(Held held, uint holder)
    {
        if (!held.UntilMs.Remove(holder)) return false;
        int left = _countOfHolders[holder] - 1;
        if (left > 0) _countOfHolders[holder] = left;
        else _countOfHolders.Remove(holder);
        return true;
    }

    private void Forget(ulong valueId, Held held)
    {
        List<Held> versions = _versions[valueId];
        versions.Remove(held);
        if (versions.Count == 0) _versions.Remove(valueId);
        Count--;
    }
}

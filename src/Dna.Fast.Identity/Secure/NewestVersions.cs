using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>Of each owner and value id the newest version; nodes that were away may still hold older ones. Unsigned values all stay. One thread.</summary>
internal sealed class NewestVersions
{
    private readonly List<VerifiedValue> _values = [];
    private readonly Dictionary<(InfoHash Owner, ulong Id, bool WasEncrypted), int> _places = [];

    public IReadOnlyList<VerifiedValue> Alive => [.. _values.Where(value => !value.IsTombstone)];

    public IReadOnlyList<VerifiedValue> Deleted => [.. _values.Where(value => value.IsTombstone)];

    public void Add(VerifiedValue value)
    {
        if (!value.IsSigned)
        {
            _values.Add(value);
            return;
        }

        (InfoHash, ulong, bool) version = (value.OwnerId, value.Id, value.WasEncrypted);
        if (!_places.TryGetValue(version, out int place))
        {
            _places.Add(version, _values.Count);
            _values.Add(value);
        }
        else if (value.Seq > _values[place].Seq)
        {
            _values[place] = value;
        }
    }
}

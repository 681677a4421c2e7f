using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>What one listener was told, so that no older version comes after a newer one, and that the end of a value is told of its owner. One thread.</summary>
/// <remarks>The network names what is gone by its id alone, and means what it last told under that id, whoever's it was.</remarks>
/// <param name="max">Ids, and versions, remembered; the first stay. What lies beyond is told without a look.</param>
internal sealed class ListenedVersions(int max)
{
    private readonly record struct Version(InfoHash Owner, ulong Id, bool WasEncrypted);

    private readonly Dictionary<Version, ushort> _told = [];
    private readonly Dictionary<ulong, Version?> _last = [];
    private bool _forgetsSome;

    /// <summary>A value arrived under an id.</summary>
    /// <param name="value">Null when it was dropped: its end concerns nobody.</param>
    /// <returns>True when it is to be told.</returns>
    public bool Take(ulong id, VerifiedValue? value)
    {
        Version? version = value is null ? null : new Version(value.OwnerId, id, value.WasEncrypted);
        Keep(_last, id, version);
        if (version is not { } told) return false;
        if (_told.TryGetValue(told, out ushort seq) && value!.Seq < seq) return false;
        Keep(_told, told, value!.Seq);
        return true;
    }

    /// <summary>What was last told under an id is gone.</summary>
    /// <param name="owner">Whose it was; zero when it was unsigned, or when that is not remembered.</param>
    /// <returns>False when it never was told: then it cannot be gone.</returns>
    public bool TakeGone(ulong id, out InfoHash owner)
    {
        owner = default;
        if (!_last.Remove(id, out Version? last)) return _forgetsSome;
        if (last is not { } version) return false;
        owner = version.Owner;
        return _told.Remove(version) || _forgetsSome;
    }

    private void Keep<TKey, TValue>(Dictionary<TKey, TValue> map, TKey key, TValue value)
        where TKey : notnull
    {
        if (map.Count < max || map.ContainsKey(key)) map[key] = value;
        else _forgetsSome = true;
    }
}

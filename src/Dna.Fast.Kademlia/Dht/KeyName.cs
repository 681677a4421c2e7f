using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>How somebody names the RSA key of a recipient: by its key id, by its long id, or by both (wire specification, section 4.6).</summary>
/// <remarks>
/// Neither id tells the other, and each leads to one of the two places where certificates are kept: older nodes publish at the key id, newer ones at the long id's place,
/// nodes of ours at both. Whoever knows both ids should say both.
/// </remarks>
/// <param name="KeyId">SHA-1 of the DER SubjectPublicKeyInfo, or null.</param>
/// <param name="LongId">SHA-256 of it, or null.</param>
public readonly record struct KeyName(InfoHash? KeyId, LongId? LongId)
{
    public static KeyName Of(InfoHash keyId) => new(keyId, null);

    public static KeyName Of(LongId longId) => new(null, longId);

    /// <summary>Both names of a key.</summary>
    /// <param name="spki">DER SubjectPublicKeyInfo.</param>
    public static KeyName OfKey(ReadOnlySpan<byte> spki) => new(InfoHash.Of(spki), Kademlia.LongId.Of(spki));

    /// <summary>Reads 40 hexadecimal digits as a key id, 64 as a long id.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyName name)
    {
        name = default;
        if (InfoHash.TryParse(text, out InfoHash keyId)) name = Of(keyId);
        else if (Kademlia.LongId.TryParse(text, out LongId longId)) name = Of(longId);
        else return false;
        return true;
    }

    /// <summary>True when this key bears the name, or both of them.</summary>
    /// <param name="spki">DER SubjectPublicKeyInfo.</param>
    public bool IsNameOf(ReadOnlySpan<byte> spki)
    {
        if (KeyId is null && LongId is null) return false;
        return (KeyId is not { } keyId || keyId == InfoHash.Of(spki)) && (LongId is not { } longId || longId == Kademlia.LongId.Of(spki));
    }

    /// <summary>Where certificates of this key may lie: one place for each id.</summary>
    public IReadOnlyList<InfoHash> Places()
    {
        var places = new List<InfoHash>(2);
        if (KeyId is { } keyId) places.Add(keyId);
        if (LongId is { } longId) places.Add(longId.Place);
        return places;
    }

    /// <summary>The hexadecimal digits of the name.</summary>
    public override string ToString() => string.Join('/', new[] { KeyId?.ToString(), LongId?.ToString() }.Where(id => id is not null));
}

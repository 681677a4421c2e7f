using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>How somebody names the RSA key of a recipient: by its key id or by its long id (wire specification, section 4.6).</summary>
public readonly record struct KeyName
{
    private KeyName(InfoHash keyId, LongId longId, bool isLong)
    {
        KeyId = keyId;
        LongId = longId;
        IsLong = isLong;
    }

    /// <summary>True: <see cref="LongId"/> is the name; false: <see cref="KeyId"/> is.</summary>
    public bool IsLong { get; }

    public InfoHash KeyId { get; }

    public LongId LongId { get; }

    public static KeyName Of(in InfoHash keyId) => new(keyId, default, isLong: false);

    public static KeyName Of(in LongId longId) => new(default, longId, isLong: true);

    /// <summary>Reads 40 hexadecimal digits as a key id, 64 as a long id.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyName name)
    {
        name = default;
        if (InfoHash.TryParse(text, out InfoHash keyId)) name = Of(keyId);
        else if (LongId.TryParse(text, out LongId longId)) name = Of(longId);
        else return false;
        return true;
    }

    /// <summary>True when this key bears the name.</summary>
    /// <param name="spki">DER SubjectPublicKeyInfo.</param>
    public bool IsNameOf(ReadOnlySpan<byte> spki) => IsLong ? LongId.Of(spki) == LongId : InfoHash.Of(spki) == KeyId;

    /// <summary>The hexadecimal digits of the name.</summary>
    public override string ToString() => IsLong ? LongId.ToString() : KeyId.ToString();
}

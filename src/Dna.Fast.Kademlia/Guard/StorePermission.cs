using System.Collections.Frozen;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>How a value may be stored here.</summary>
public enum StoreRight : byte
{
    /// <summary>It may not.</summary>
    None,

    /// <summary>It may if it proves that it is of the key it names: its signature, or its certificate, is to be verified whatever its type.</summary>
    Verified,

    /// <summary>It may.</summary>
    Full,
}

/// <summary>Who may store values on this node: everybody, or some networks and some keys. Immutable; any thread; allocates nothing.</summary>
/// <param name="sources">Networks whose puts are taken.</param>
/// <param name="keys">Key ids (SHA-1 of the public key, as stock tells them): what they signed is taken from everybody, and their certificates under these ids.</param>
public sealed class StorePermission(BlockedRanges sources, IReadOnlyCollection<InfoHash> keys)
{
    private readonly FrozenSet<InfoHash> _keys = keys.ToFrozenSet();
    private readonly bool _isOpen = sources.Prefixes.Count == 0 && keys.Count == 0;

    public static StorePermission Everybody { get; } = new(BlockedRanges.None, []);

    /// <summary>What may be done with a value from the network.</summary>
    public StoreRight RightOf(in InfoHash key, in NodeAddress source, in ValueView value)
    {
        if (_isOpen || sources.Contains(source)) return StoreRight.Full;
        if (_keys.Count == 0) return StoreRight.None;
        // A certificate is proved by the key it holds, which belongs under its own id; the signature around it is not looked at.
        bool isCertificate = !value.IsEncrypted && value.Type == TypeRegistry.Certificate;
        bool isListed = isCertificate ? _keys.Contains(key) : value.IsSigned && _keys.Contains(InfoHash.Of(value.Owner));
        return isListed ? StoreRight.Verified : StoreRight.None;
    }
}

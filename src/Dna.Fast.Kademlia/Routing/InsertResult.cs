namespace Dna.Fast.Kademlia.Routing;

/// <summary>How sure we are of a contact (section 6.2).</summary>
public enum Confirmation : byte
{
    /// <summary>Somebody listed it.</summary>
    Listed,

    /// <summary>It sent us something.</summary>
    Incoming,

    /// <summary>It replied to us.</summary>
    Replied,
}

/// <summary>What came of offering a contact to the table.</summary>
public enum InsertStatus : byte
{
    /// <summary>It was in the table already.</summary>
    Known,

    /// <summary>It took a free place, perhaps one that a split made.</summary>
    Inserted,

    /// <summary>It took the place of an expired contact.</summary>
    ReplacedExpired,

    /// <summary>Its bucket is full: it waits as the cached candidate; <see cref="InsertResult.Ping"/>, if any, decides.</summary>
    Cached,

    /// <summary>There is no place for it.</summary>
    Full,
}

/// <param name="Status">What happened.</param>
/// <param name="Ping">
/// A contact the caller should ping, or null: a doubtful one whose place is wanted, or the cached candidate of a bucket that was split (which the table no
/// longer holds; it comes back by <see cref="RoutingTable.Insert"/> when it replies).
/// </param>
public readonly record struct InsertResult(InsertStatus Status, Contact? Ping);

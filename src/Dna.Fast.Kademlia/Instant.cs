namespace Dna.Fast.Kademlia;

/// <summary>The time, as it is handed to the core: one read serves a whole batch of datagrams.</summary>
/// <param name="Ms">Milliseconds of a monotonic clock with an arbitrary origin: for intervals and timers.</param>
/// <param name="UnixMs">Milliseconds since 1970 UTC: for creation and expiry of values.</param>
public readonly record struct Instant(long Ms, long UnixMs);

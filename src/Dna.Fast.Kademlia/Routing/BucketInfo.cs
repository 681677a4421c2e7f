using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>One bucket, as it was at one moment.</summary>
/// <param name="First">Lower bound of its ids.</param>
/// <param name="Depth">Number of leading bits all its ids share.</param>
/// <param name="Contacts">At most 8.</param>
/// <param name="RepliedMs">Time of the last reply from it.</param>
/// <param name="Cached">The candidate, or null.</param>
public sealed record BucketInfo(InfoHash First, int Depth, IReadOnlyList<Contact> Contacts, long RepliedMs, Contact? Cached);

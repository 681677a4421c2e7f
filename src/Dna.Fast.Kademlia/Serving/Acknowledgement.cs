namespace Dna.Fast.Kademlia.Serving;

/// <summary>What a put or a refresh is answered with, and whom.</summary>
/// <param name="To">The requester.</param>
/// <param name="Transaction">The request's <c>t</c>.</param>
/// <param name="ValueId">The value's id.</param>
internal readonly record struct Acknowledgement(Route To, uint Transaction, ulong ValueId);

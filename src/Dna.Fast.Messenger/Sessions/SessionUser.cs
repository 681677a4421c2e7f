using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Who uses a session: a user's keys, and the network as that user's owner key sees it. The session owns neither.</summary>
/// <param name="Keys">Sign and open; not disposed while the session runs as this user.</param>
/// <param name="Dht">Signs what is put. Derived from the user's seed (DNA layer, section 2.3), so that all devices of a user are one owner.</param>
public sealed record SessionUser(IUserKeys Keys, ISecureDht Dht);

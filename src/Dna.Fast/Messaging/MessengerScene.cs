using Dna.Fast.Commands;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>What a messenger command works with that acts as a user.</summary>
/// <param name="Session">Runs as the user.</param>
/// <param name="User">Who.</param>
/// <param name="State">Where this user's data is kept on this machine.</param>
internal sealed record MessengerScene(ClientScene Client, MessengerSession Session, bool IsJson, TimeSpan Deadline, UserIdentity User, StateFolder State)
    : ReaderScene(Client, Session.Services, IsJson, Deadline)
{
    public IUserKeys Keys => User.Keys;

    public string Fingerprint => User.Keys.Fingerprint;
}

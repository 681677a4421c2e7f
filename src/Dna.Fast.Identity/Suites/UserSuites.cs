using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The suites there are. Any thread.</summary>
/// <param name="random">Where ephemeral keys, nonces and hedged signatures take their randomness.</param>
public sealed class UserSuites(FillRandom random)
{
    /// <summary>What the original client reads and writes.</summary>
    public IIdentitySuite Messenger { get; } = new MessengerSuite(random);

    /// <summary>Small and fast.</summary>
    public IIdentitySuite Fast { get; } = new FastSuite(random);

    /// <returns>Null when there is no such suite.</returns>
    public IIdentitySuite? Find(SuiteId id) => id switch
    {
        SuiteId.Messenger => Messenger,
        SuiteId.Fast => Fast,
        _ => null,
    };

    /// <param name="name"><c>messenger</c> or <c>fast</c>.</param>
    /// <returns>Null when there is no such suite.</returns>
    public IIdentitySuite? Find(string name) => name == Messenger.Name ? Messenger : name == Fast.Name ? Fast : null;
}

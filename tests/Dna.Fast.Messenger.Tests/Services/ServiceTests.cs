using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Services;

/// <summary>Three users on one fake network whose clock stands still.</summary>
public abstract class ServiceTests
{
    private protected static readonly TimeSpan Deadline = TestClient.Deadline;

    private protected FakeNetwork Network { get; } = new();

    private protected FakeTimeProvider Time { get; } = TestClient.Clock();

    private protected TestClient Alice { get; }

    private protected TestClient Bob { get; }

    private protected TestClient Carol { get; }

    protected ServiceTests()
    {
        Alice = new TestClient(Network, Users.Fast(1), owner: 1, Time);
        Bob = new TestClient(Network, Users.Fast(2), owner: 2, Time);
        Carol = new TestClient(Network, Users.Fast(3), owner: 3, Time);
    }

    private protected TestClient Again(TestClient client, byte owner) => new(Network, client.Keys, owner, Time);
}

using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Identity.Tests;

/// <summary>Two clients of one network of one honest store, at a time the test sets.</summary>
public abstract class SecureBed
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    protected static readonly InfoHash Key = InfoHash.OfKey("key");
    private protected static readonly RsaIdentity Alice = TestIdentities.Alice;
    private protected static readonly RsaIdentity Bob = TestIdentities.Bob;
    private protected readonly FakeDht _dht = new();
    private protected readonly FakeTimeProvider _time = new();
    private protected readonly SecureDht _alice;
    private protected readonly SecureDht _bob;

    protected SecureBed()
    {
        _alice = Client(Alice);
        _bob = Client(Bob);
    }

    /// <summary>A client that knows only what the network says: of one more device, or after a restart.</summary>
    private protected SecureDht Client(RsaIdentity? identity) => new(_dht, identity, new RsaVerifier(), _time);

    protected static NewSecureValue Text(string text) => new() { Data = Encoding.UTF8.GetBytes(text) };

    protected static string Show(VerifiedValue value) => Encoding.UTF8.GetString(value.Data.Span);

    protected static byte[] Unsigned(ulong id, string text)
    {
        new ValueBuilder { Id = id, Data = Encoding.UTF8.GetBytes(text) }.Pack(out byte[] packed);
        return packed;
    }
}

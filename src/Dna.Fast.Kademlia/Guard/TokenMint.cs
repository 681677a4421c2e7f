using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>Issues and checks tokens bound to address and port (section 3). Any thread; allocates nothing.</summary>
/// <remarks>
/// A token is the 128-bit <see cref="SipHash"/> of address, port and family under two independent keys, 32 bytes in all. Nothing is remembered of it; the keys
/// are the secret. One secret issues for 15 to 45 minutes and is accepted until the next but one, so a token lives between 15 and 90 minutes.
/// </remarks>
public sealed class TokenMint
{
    /// <summary>Shortest time a secret issues tokens: 15 min (section 3).</summary>
    public const long TurnMsMin = 15 * 60_000;

    /// <summary>Longest time a secret issues tokens: 45 min (section 3).</summary>
    public const long TurnMsMax = 45 * 60_000;

    // Address (16), port (2), family (1).
    private const int MessageBytes = 19;

    private readonly INodeRandom _random;
    private Secrets _secrets;
    private long _turnMs;

    /// <param name="random">The owner thread's.</param>
    /// <param name="now">When the first secret begins.</param>
    public TokenMint(INodeRandom random, in Instant now)
    {
        _random = random;
        // There is no secret before the first: one that nobody ever got a token of stands in for it.
        _secrets = new Secrets(Draw(), Draw());
        DrawTurn(now);
    }

    /// <summary>Writes a token of <see cref="WireLimits.TokenBytes"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too little room.</exception>
    public void Write(in NodeAddress requester, Span<byte> token)
    {
        Volatile.Read(ref _secrets).Current.Of(requester).Write(token);
    }

    /// <summary>True for a token of the current or the previous secret. Its running time tells nothing of the right token.</summary>
    public bool Check(in NodeAddress requester, ReadOnlySpan<byte> token)
    {
        if (token.Length != WireLimits.TokenBytes) return false;
        Secrets secrets = Volatile.Read(ref _secrets);
        return secrets.Current.Of(requester).Matches(token) || secrets.Previous.Of(requester).Matches(token);
    }

    /// <summary>Replaces the secret when its time (15 to 45 min, drawn anew each time) is over. Owner thread.</summary>
    public void Turn(in Instant now)
    {
        if (now.Ms >= _turnMs) Rotate(now);
    }

    /// <summary>Replaces the secret now. Owner thread.</summary>
    public void Rotate(in Instant now)
    {
        // Both secrets change by one store: no reader sees a new current one with a forgotten previous one.
        Volatile.Write(ref _secrets, new Secrets(Draw(), _secrets.Current));
        DrawTurn(now);
    }

    private Secret Draw()
    {
        Span<byte> bytes = stackalloc byte[4 * sizeof(ulong)];
        _random.Fill(bytes);
        return new Secret(
            new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])),
            new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..])));
    }

    private void DrawTurn(in Instant now) =>
        _turnMs = now.Ms + TurnMsMin + (long)(_random.NextUInt64() % (ulong)(TurnMsMax - TurnMsMin + 1));

    private readonly record struct Secret(SipHash First, SipHash Second)
    {
        // Address, port and family follow one another: 16 + 2 + 1 bytes.
        public WideHashes Of(in NodeAddress requester) =>
            SipHash.Pair(First, Second, requester.High, requester.Low, requester.Port | (ulong)requester.Family << 16 | (ulong)MessageBytes << 56);
    }

    private sealed record Secrets(Secret Current, Secret Previous);
}

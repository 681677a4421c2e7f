namespace Dna.Fast.Wire;

/// <summary>What every datagram of ours says about us.</summary>
/// <param name="Id">Our node id.</param>
/// <param name="Network">Network id; 0 is not sent.</param>
/// <param name="IsClient">True sets <c>s</c>: peers answer us and do not hand us out.</param>
public readonly record struct Sender(InfoHash Id, uint Network, bool IsClient)
{
    private readonly byte[]? _agent;

    /// <summary>
    /// <c>v</c>: what nodes since 2.6.0 call themselves. Another one serves to reproduce datagrams of older nodes byte for byte.
    /// </summary>
    internal ReadOnlySpan<byte> Agent
    {
        get => _agent ?? "o2"u8;
        init => _agent = value.ToArray();
    }
}

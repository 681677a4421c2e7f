namespace Dna.Fast.Messenger;

/// <summary>Where a user can be reached right now (DNA layer, section 10.3).</summary>
/// <param name="Ip">An address as text; nothing proves that it is the user's.</param>
/// <param name="Port">TCP port; 4001 by default.</param>
/// <param name="Timestamp">When it was written, in seconds since 1970.</param>
/// <param name="IsSigned">True when the user's key signed it. Old clients' presences are not signed: anybody can write them.</param>
public sealed record Presence(string Ip, ushort Port, ulong Timestamp, bool IsSigned)
{
    /// <summary>Seconds a presence counts as online (section 10.3).</summary>
    public const ulong OnlineSeconds = 600;

    /// <summary>Seconds a presence may be ahead of our clock: what clocks of honest machines differ by.</summary>
    public const ulong ClockSkewSeconds = 300;

    /// <summary>True while the user counts as online; one from the future beyond all skew does not.</summary>
    /// <param name="now">Seconds since 1970.</param>
    public bool IsOnlineAt(ulong now) => Timestamp > now ? Timestamp - now <= ClockSkewSeconds : now - Timestamp < OnlineSeconds;
}

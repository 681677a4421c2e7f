using System.Net;

namespace Dna.Fast.Messenger;

/// <summary>Messages from client to client, past the network's outboxes, while both are online (DNA layer, section 10.2).</summary>
/// <remarks>Whoever connects learns the other's address, and both providers see that they talk; so it is off unless it is asked for.</remarks>
public sealed record DirectOptions
{
    /// <summary>TCP port of first clients.</summary>
    public const ushort PortDefault = 4001;

    /// <summary>Where messages are taken; port 0 takes a free one. Null: none are.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Where our presence says that we are. Null: at <see cref="Listen"/>, unless that is no single address; then nothing is said.</summary>
    public IPEndPoint? Announce { get; init; }

    /// <summary>True: a message goes to where its recipient's signed presence says, and into the outbox only when it was not taken there.</summary>
    public bool Sends { get; init; } = true;
}

namespace Dna.Fast.Messenger;

/// <summary>A message as its reader gets it: opened, and its sender proved.</summary>
/// <param name="Sender">Fingerprint of whoever signed it.</param>
/// <param name="Timestamp">When it was sent, in seconds since 1970, by the sender's clock.</param>
/// <param name="Text">What was sealed; UTF-8 where clients of this layer wrote it.</param>
/// <param name="Id">Which message it is: the same wherever and whenever it is read.</param>
public sealed record ReceivedMessage(string Sender, ulong Timestamp, ReadOnlyMemory<byte> Text, MessageDigest Id)
{
    /// <summary>UUID of the group it was sent to; null when it was sent to us alone.</summary>
    public string? Group { get; init; }

    /// <summary>What a group's message is called in the group (DNA layer, section 12.7); null when it was sent to us alone.</summary>
    public string? GroupId { get; init; }

    /// <summary>From this second on nobody hands it out any more, and it need not be remembered.</summary>
    internal ulong Expiry { get; init; }

    /// <summary>What is acknowledged; null of a group's message.</summary>
    internal OfflineMessage? Sealed { get; init; }
}

/// <summary>What was found for us.</summary>
/// <param name="Messages">New ones, each once, in the order in which each sender sent them.</param>
/// <param name="Unknown">Senders whose messages could not all be read: there may be more.</param>
/// <param name="Refused">Envelopes that are not for us, damaged, or not by whom they say.</param>
public sealed record CheckReport(IReadOnlyList<ReceivedMessage> Messages, IReadOnlyList<string> Unknown, int Refused);

/// <summary>What came of sending a message.</summary>
/// <param name="Code">Success: the recipient has it, or it waits in the network.</param>
/// <param name="Id">Which message it is; default when it was not sealed.</param>
/// <param name="Acknowledged">Nodes that keep it; 0 when the recipient has it already.</param>
/// <param name="IsDelivered">True: the recipient's client took it directly.</param>
public readonly record struct SendReport(ResultCode Code, MessageDigest Id, int Acknowledged, bool IsDelivered)
{
    public bool IsSuccess => Code == ResultCode.Success;

    /// <summary>As <see cref="PutReport.IsPending"/>.</summary>
    public bool IsPending { get; init; }
}

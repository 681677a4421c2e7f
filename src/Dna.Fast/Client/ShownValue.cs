using Dna.Fast.Kademlia;

namespace Dna.Fast.Client;

/// <summary>A value on its way to a reader: what is proved about it, and what was inside when it is an envelope for us.</summary>
/// <param name="Value">As the network had it.</param>
/// <param name="Data">What to show: the value's data, or the content of the envelope.</param>
/// <param name="SealedBy">Fingerprint of the user who sealed and signed the envelope; null when it is none, or none for us.</param>
internal sealed record ShownValue(VerifiedValue Value, ReadOnlyMemory<byte> Data, string? SealedBy)
{
    /// <summary>Opens an envelope when there is one and it is for us; anything else is shown as it is.</summary>
    /// <param name="user">Whose; null: nobody's.</param>
    public static ShownValue Of(VerifiedValue value, IUserKeys? user) =>
        user is not null && user.Open(value.Data.Span, out byte[]? plaintext, out byte[]? sender) == OpenStatus.Ok
            ? new ShownValue(value, plaintext, UserFingerprint.Of(sender))
            : new ShownValue(value, value.Data, null);
}

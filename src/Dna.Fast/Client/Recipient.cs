using Dna.Fast.Kademlia;

namespace Dna.Fast.Client;

/// <summary>Whom something is encrypted for, as a person names them: exactly one of the two.</summary>
/// <param name="Name">The key of a node or user in the network: the value is encrypted as stock does it.</param>
/// <param name="Fingerprint">A user: the content is sealed in an envelope for the user's own keys.</param>
internal sealed record Recipient(KeyName? Name, string? Fingerprint)
{
    /// <summary>Reads 40 hexadecimal digits as a key id, 64 as a long id, 128 as a fingerprint.</summary>
    public static bool TryParse(string text, out Recipient? recipient)
    {
        recipient = KeyName.TryParse(text, out KeyName name) ? new Recipient(name, null)
            : UserFingerprint.Normalise(text) is { } fingerprint ? new Recipient(null, fingerprint)
            : null;
        return recipient is not null;
    }
}

using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>What a caller may ask to be sealed.</summary>
internal static class EnvelopeChecks
{
    /// <exception cref="ArgumentException">No recipient, too many, a key of a wrong size, or too long a plaintext.</exception>
    public static void Check(ISuite suite, IReadOnlyList<ReadOnlyMemory<byte>> recipients, int plaintextBytes)
    {
        if (recipients.Count is 0 or > EnvelopeLimits.RecipientsMax)
            throw new ArgumentException($"An envelope has 1 to {EnvelopeLimits.RecipientsMax} recipients, not {recipients.Count}.", nameof(recipients));
        if (plaintextBytes > EnvelopeLimits.PlaintextBytesMax)
            throw new ArgumentException($"An envelope holds at most {EnvelopeLimits.PlaintextBytesMax} bytes, not {plaintextBytes}.", nameof(plaintextBytes));
        for (int i = 0; i < recipients.Count; i++)
        {
            if (recipients[i].Length != suite.EncryptionKeyBytes)
                throw new ArgumentException($"Recipient {i} has a key of {recipients[i].Length} bytes; the {suite.Name} suite's have {suite.EncryptionKeyBytes}.", nameof(recipients));
        }
    }
}

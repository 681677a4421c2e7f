namespace Dna.Fast.Kademlia;

/// <summary>Which algorithms a user identity is made of. The numbers are written into files and envelopes and never change.</summary>
public enum SuiteId : byte
{
    /// <summary>ML-DSA-87 and Kyber1024 round 3 with AES-256-GCM: what the original client reads and writes.</summary>
    Messenger = 1,

    /// <summary>Ed25519 and X25519 with XChaCha20-Poly1305: small and fast, where no old client must read it.</summary>
    Fast = 2,
}

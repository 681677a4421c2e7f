namespace Dna.Fast.Kademlia;

/// <summary>What is to be put signed or encrypted; owner, seq, recipient and signature are added on the way.</summary>
public sealed record NewSecureValue
{
    /// <summary>Value id; 0 for a random one.</summary>
    public ulong Id { get; init; }

    /// <summary>Value type; of an encrypted value it travels inside, and outside it is type 0 and lives 10 minutes (wire specification, section 5.2).</summary>
    public ushort Type { get; init; }

    /// <summary>The payload. Not changed until the put's task ends. Empty data of a signed value means that it is deleted (<see cref="ISecureDht.DeleteAsync"/>).</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Of a signed put: the version of ours that this one is made from, −1 for none. Nothing is read before it is put, and when another device put as new a version meanwhile the
    /// answer is <see cref="SecurePutStatus.Outdated"/> at once. Versions that this client put itself count as known. Null: it is put above whatever lies there.</summary>
    public int? ExpectedSeq { get; init; }

    /// <summary>Empty: none.</summary>
    public string UserType { get; init; } = "";

    /// <summary>0 = high, and not sent.</summary>
    public uint Priority { get; init; }
}

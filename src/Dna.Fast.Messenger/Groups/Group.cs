namespace Dna.Fast.Messenger;

/// <summary>A group as one of its members wrote it (DNA layer, sections 12.1 and 12.5).</summary>
public sealed record Group
{
    /// <summary>Bytes of a name (section 12.1).</summary>
    public const int NameBytesMax = 127;

    /// <summary>Bytes of a description (section 12.1).</summary>
    public const int DescriptionBytesMax = 511;

    /// <summary>Members of a group: with a signature and its key, 300 fingerprints fill a value.</summary>
    public const int MembersMax = 256;

    /// <summary>36 lower-case characters.</summary>
    public required string Uuid { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>Fingerprint. Old clients write 32 characters of it; a reader completes them from the members where that is possible.</summary>
    public required string Creator { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public ulong CreatedAt { get; init; }

    /// <summary>1 at first, one more with each change; the highest valid one counts.</summary>
    public uint Version { get; init; }

    /// <summary>Versions since the creator's last one that counts (<see cref="GroupRules.MemberVersionsMax"/>); 0 when the creator wrote this one, or nobody signed it. Readers count it: it is not written.</summary>
    public uint VersionsSinceCreator { get; init; }

    /// <summary>Version of the group's key (section 12.6); 0 when there is none.</summary>
    public uint KeyVersion { get; init; }

    /// <summary>Fingerprints, the creator's first, each once.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>True: its creator deleted it.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Who wrote this version: a fingerprint; empty in records of old clients, which nobody signed.</summary>
    public string Signer { get; init; } = "";

    /// <summary>The signer's key; empty when unsigned.</summary>
    public ReadOnlyMemory<byte> SignerKey { get; init; }

    /// <summary>Over <see cref="GroupCodec.SignedMessage"/>; empty when unsigned.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    public bool IsSigned => !Signature.IsEmpty;
}

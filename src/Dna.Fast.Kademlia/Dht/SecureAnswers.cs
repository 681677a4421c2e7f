using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What came of a signed or encrypted put.</summary>
public enum SecurePutStatus
{
    /// <summary>At least one node said that it took the value.</summary>
    Acknowledged,

    /// <summary>Nodes were there, but none took it.</summary>
    Unacknowledged,

    /// <summary>No node answered at all. Not put when the slot, or the recipient's certificate, could not be looked for.</summary>
    Unreachable,

    /// <summary>The deadline came first. Nothing was sent when it came before the slot, or the recipient's certificate, was looked for; else some nodes may have taken it.</summary>
    TimedOut,

    /// <summary>Not put: under this key and id lies another owner's value, or an unsigned one, on every node that was asked. Choose another id.</summary>
    SlotTaken,

    /// <summary>Not put: what lies there is ours, but its type allows no edit before it expires (wire specification, section 5.3). Choose another id.</summary>
    NotEditable,

    /// <summary>Not put: our own value has the last sequence number, 65,535. Choose another id.</summary>
    SeqExhausted,

    /// <summary>Not put: signed (or encrypted) it is larger than the network takes.</summary>
    TooLarge,

    /// <summary>Not put: no certificate of the recipient was found at either of its places.</summary>
    RecipientUnknown,

    /// <summary>Not put: the recipient's key is no RSA key of 1024 to 8192 bits, so nothing can be encrypted for it.</summary>
    RecipientUnusable,

    /// <summary>Not put: nothing of ours lies under this key and id, so there is nothing to delete.</summary>
    NothingToDelete,

    /// <summary>Another device of the same owner put as new a version or a newer one, each time we put above it; some nodes may have ours. Read, and put again.</summary>
    Outdated,
}

/// <param name="ValueId">The id it has; the random one when none was asked for.</param>
/// <param name="Seq">The sequence number it has; 0 when it was not put.</param>
/// <param name="Acknowledged">Nodes that said they took it.</param>
/// <param name="Asked">Nodes it was sent to.</param>
public readonly record struct SecurePutAnswer(SecurePutStatus Status, ulong ValueId, ushort Seq, int Acknowledged, int Asked);

/// <summary>A signed or encrypted value that stays announced until this is disposed, or until the same client puts a newer one in its place.</summary>
public sealed class SecurePermanentPut(SecurePutAnswer firstRound, IDisposable? announcement) : IDisposable
{
    public SecurePutAnswer FirstRound => firstRound;

    /// <summary>False when it was refused before anything was announced.</summary>
    public bool IsAnnounced => announcement is not null;

    /// <summary>Announces it no more. It lives on in the network until it expires there.</summary>
    public void Dispose() => announcement?.Dispose();
}

/// <summary>A value that was read, and what is proved about it.</summary>
public sealed record VerifiedValue
{
    public required ulong Id { get; init; }

    public required ushort Type { get; init; }

    public required ReadOnlyMemory<byte> Data { get; init; }

    public string UserType { get; init; } = "";

    /// <summary>0 = high.</summary>
    public uint Priority { get; init; }

    /// <summary>True: the owner's signature over type, data, user type, seq and recipient was checked and is right.</summary>
    public bool IsSigned => !Owner.IsEmpty;

    /// <summary>DER SubjectPublicKeyInfo of the owner; empty when unsigned.</summary>
    public ReadOnlyMemory<byte> Owner { get; init; }

    /// <summary>Key id of the owner: SHA-1 of <see cref="Owner"/>; zero when unsigned.</summary>
    public InfoHash OwnerId { get; init; }

    /// <summary>The version; 0 when unsigned.</summary>
    public ushort Seq { get; init; }

    /// <summary>True: it came encrypted for us, and the network never saw its content.</summary>
    public bool WasEncrypted { get; init; }

    /// <summary>Key id the owner addressed it to; always ours when <see cref="WasEncrypted"/>.</summary>
    public InfoHash? Recipient { get; init; }

    /// <summary>Signed and empty: its owner deleted what was there.</summary>
    public bool IsTombstone => IsSigned && !WasEncrypted && Data.IsEmpty;

    /// <summary>A node that sent it; <c>default</c> when only our own store has it.</summary>
    public NodeAddress From { get; init; }

    /// <summary>The packed value as it came, still encrypted when it was.</summary>
    public required ReadOnlyMemory<byte> Packed { get; init; }
}

/// <param name="Values">Of each owner and id the newest version, in the order of arrival; unsigned values each once; without the deleted ones.</param>
/// <param name="Deleted">Tombstones: what their owners deleted.</param>
/// <param name="Answered">Nodes that answered; 0 when the deadline came first.</param>
/// <param name="IsComplete">False when the deadline came first or some encrypted values were not tried, so more values may exist.</param>
/// <param name="Forged">Values left out because their signature is wrong.</param>
/// <param name="Undecryptable">Values left out because they are encrypted and not (rightly) for us.</param>
public sealed record SecureGetAnswer(
    GetAnswerStatus Status,
    IReadOnlyList<VerifiedValue> Values,
    IReadOnlyList<VerifiedValue> Deleted,
    int Answered,
    bool IsComplete,
    int Forged,
    int Undecryptable)
{
    /// <summary>Encrypted values left out unopened, as there were more than one reader opens, or the deadline came first.</summary>
    public int Untried { get; init; }

    /// <summary>The <see cref="Undecryptable"/> and the <see cref="Untried"/> ones as they came, for whoever shows that they are there.</summary>
    public IReadOnlyList<FoundValue> Sealed { get; init; } = [];
}

/// <summary>What a listener is told.</summary>
/// <param name="Value">The value; null with <see cref="ValueChange.Gone"/>. A tombstone comes as a value that says so.</param>
/// <param name="OwnerId">Whose value it is, or was; zero when unsigned, or when that is not remembered.</param>
public readonly record struct SecureListenEvent(ValueChange Change, ulong ValueId, VerifiedValue? Value, InfoHash OwnerId = default);

/// <summary>What came of looking for the public key of a name.</summary>
/// <param name="Status">Of the look-up; Found exactly when there is a key.</param>
/// <param name="Spki">DER SubjectPublicKeyInfo.</param>
public readonly record struct KeyAnswer(GetAnswerStatus Status, byte[]? Spki);

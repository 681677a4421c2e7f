namespace Dna.Fast.Kademlia;

/// <summary>Everything that is counted: traffic, and every drop and refusal by its reason.</summary>
public enum Counter
{
    DatagramsIn,
    DatagramsOut,
    BytesIn,
    BytesOut,

    // Queries answered, by kind.
    PingsIn,
    FindsIn,
    GetsIn,
    PutsIn,
    RefreshesIn,
    ListensIn,
    UpdatesIn,
    RepliesIn,
    ErrorsIn,
    FragmentsIn,

    // Drops before decoding.
    DropMartian,
    DropBlocked,
    DropNotPublic,
    DropBlacklisted,
    DropRateSource,
    DropRateGlobal,

    // Drops by decoding.
    DropMalformed,
    DropBadId,
    DropOwnId,
    DropNetwork,
    DropUnknownQuery,
    DropDraining,
    DropSoft,

    // Drops later on.
    DropFragmentRefused,
    DropFragmentTimeout,
    DropReplyUnknown,
    DropReplyForeignSource,
    DropSinkFull,
    DropInboxFull,
    DropVerifyQueueFull,
    DropListenerLimit,
    DropAcknowledgementFull,
    DropForgedValue,
    DropSurplusValue,
    DropAcknowledgementLate,
    DropReplyCostly,

    // Answers cut short at a bound of ours.
    GetsCut,
    GetsSoft,
    ListensCut,

    // Errors we sent.
    ErrorNoKey,
    ErrorToken,
    ErrorNotFound,

    // What puts did.
    PutStored,
    PutReplaced,
    PutRefreshed,
    PutRefusedEdit,
    PutRefusedOwnerless,
    PutRefusedSignature,
    PutRefusedCertificate,
    PutRefusedType,
    PutRefusedNotAllowed,
    PutRefusedSize,
    PutRefusedTooFar,
    PutRefusedExpired,
    PutRefusedKeyFull,
    PutRefusedStoreFull,
    PutValueMalformed,

    // Signatures, incoming and found: verified, and answered from a remembered verdict.
    SignaturesVerified,
    VerdictsRemembered,

    // What we asked of others.
    RequestsOut,
    RequestsRetried,
    RequestsAnswered,
    RequestsExpired,
    RequestsRefused,
    UpdatesOut,
    PeersBlacklisted,
    NamedNotPublic,
    SearchesExpired,

    // At the sockets: the kernel's queue was full; the system refused to send (no route, filtered); no socket of the remote's family.
    DropKernel,
    DropSendRefused,
    DropNoSocket,

    // Exceptions out of a handler: programmers' errors.
    HandlerFailures,

    // Of the datagrams out: those that left in one message with others, which the kernel cut.
    DatagramsOutJoined,
}

/// <summary>One thread's counts. The owner adds with plain stores; any thread may read a slightly old sum.</summary>
public sealed class CounterSet
{
    // A cache line of slack at both ends keeps two threads' sets from sharing a line.
    private const int Slack = 16;
    private readonly long[] _values = new long[Enum.GetValues<Counter>().Length + 2 * Slack];

    /// <summary>Owner thread only.</summary>
    public void Add(Counter counter, long amount = 1)
    {
        ref long value = ref _values[Slack + (int)counter];
        Volatile.Write(ref value, value + amount);
    }

    /// <summary>Any thread.</summary>
    public long this[Counter counter] => Volatile.Read(ref _values[Slack + (int)counter]);
}

using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>Another node: its id, where it is, when we heard from it.</summary>
/// <remarks>
/// The node's owner thread writes; any thread reads, and any thread may note that it heard from the contact. Times are <see cref="Instant.Ms"/>;
/// <see cref="Never"/> means never. States are those of section 6.2.
/// </remarks>
public sealed class Contact
{
    /// <summary>A time before all times.</summary>
    public const long Never = long.MinValue / 2;

    /// <summary>A contact that replied longer ago than this is not good: 120 min (section 6.2).</summary>
    public const long ReplyAgeMsMax = 120 * 60_000;

    /// <summary>A contact not heard from for this long is not good: 10 min (section 6.2).</summary>
    public const long HeardAgeMsMax = 10 * 60_000;

    /// <summary>More authentication errors than this, in a row, expire a contact (section 6.2).</summary>
    public const int AuthErrorsMax = 3;

    private sealed record AddressCell(NodeAddress Address);

    private volatile AddressCell _address;
    private long _heardMs = Never;
    private long _repliedMs = Never;
    private volatile bool _expired;

    public Contact(in InfoHash id, in NodeAddress address)
    {
        Id = id;
        _address = new AddressCell(address);
    }

    public InfoHash Id { get; }

    /// <summary>Where it was last heard from. Any thread; owner thread writes.</summary>
    public NodeAddress Address
    {
        get => _address.Address;
        set
        {
            // An address is wider than an atomic store: it changes as a whole, by its cell.
            if (_address.Address != value) _address = new AddressCell(value);
        }
    }

    public IpFamily Family => _address.Address.Family;

    /// <summary>When anything last came from it. Any thread.</summary>
    public long HeardMs => Volatile.Read(ref _heardMs);

    /// <summary>When it last replied to us. Any thread.</summary>
    public long RepliedMs => Volatile.Read(ref _repliedMs);

    /// <summary>A request to it ran out, and nothing came from it since.</summary>
    public bool IsExpired => _expired;

    /// <summary>Requests to it without an answer yet. Owner thread.</summary>
    public int PendingRequests { get; set; }

    /// <summary>401 answers in a row. Owner thread.</summary>
    public int AuthErrors { get; set; }

    /// <summary>Any thread: something came from it. That revives an expired contact which answered before.</summary>
    public void NoteHeard(long nowMs)
    {
        // Workers read their clocks at different moments: the later time stays.
        if (nowMs > Volatile.Read(ref _heardMs)) Volatile.Write(ref _heardMs, nowMs);
        // One that asks and never answers stays expired: else it would hold a place in its bucket for ever, and a bucket with a doubtful contact never splits.
        if (_expired && RepliedMs != Never) _expired = false;
    }

    /// <summary>Owner thread: it answered a request of ours.</summary>
    public void NoteReplied(long nowMs)
    {
        Volatile.Write(ref _repliedMs, nowMs);
        NoteHeard(nowMs);
    }

    /// <summary>Owner thread: a request ran out.</summary>
    public void Expire() => _expired = true;

    /// <summary>Owner thread: the network changed under us; times start anew (section 6.9).</summary>
    public void Forget()
    {
        Volatile.Write(ref _heardMs, Never);
        Volatile.Write(ref _repliedMs, Never);
        _expired = false;
    }

    /// <summary>Not expired, replied within 120 min and heard from within 10 min.</summary>
    public bool IsGood(long nowMs) => !_expired && nowMs - RepliedMs < ReplyAgeMsMax && nowMs - HeardMs < HeardAgeMsMax;

    /// <summary>Heard from after its last reply.</summary>
    public bool IsIncoming => HeardMs > RepliedMs;

    public override string ToString() => $"{Id} {Address}";
}

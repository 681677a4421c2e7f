// Unsafe: the new value is kept as a pointer for the length of one look-up, because a span cannot be a field. Its owner has pinned it for longer.
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Faster;

/// <summary>What is in a slot.</summary>
internal enum SlotState : byte
{
    Absent,

    /// <summary>A value whose time is over and that nobody cleaned away.</summary>
    Expired,

    Live,
}

/// <summary>Looks at one slot before it is written: what is there, and what the policy says about it.</summary>
internal sealed unsafe class SlotExaminer(StoreSession session) : IRecordReader
{
    private ulong _wanted;
    private long _nowUnixMs;
    private bool _copyPacked;
    private IEditPolicy? _policy;
    private InfoHash _key;
    private SlotInfo _new;
    private byte* _newPacked;
    private int _newPackedBytes;

    /// <summary>By whose clock a value is expired.</summary>
    public long NowUnixMs => _nowUnixMs;

    /// <summary>Something is in the wanted slot that is not what was written; set by who looked.</summary>
    public bool SlotDamaged { get; set; }

    /// <summary>What is in the wanted slot.</summary>
    public SlotState State { get; private set; }

    /// <summary>The value in the wanted slot, expired or live.</summary>
    public SlotInfo Old { get; private set; }

    /// <summary>Its packed bytes.</summary>
    public int OldPackedBytes { get; private set; }

    /// <summary>Which entry wrote it.</summary>
    public ulong OldPosition { get; private set; }

    /// <summary>What the policy says of a live one; Replace without a policy.</summary>
    public EditDecision Decision { get; private set; }

    /// <summary>A single value was there, with another id than the wanted one.</summary>
    public bool OtherSeen { get; private set; }

    /// <summary>That value.</summary>
    public SlotInfo Other { get; private set; }

    /// <summary>Its packed bytes.</summary>
    public int OtherPackedBytes { get; private set; }

    /// <param name="wanted">Value id of the slot.</param>
    /// <param name="nowUnixMs">Now.</param>
    /// <param name="copyPacked">True: the packed value found is copied to where a write-ahead entry has it.</param>
    public void Start(ulong wanted, long nowUnixMs, bool copyPacked)
    {
        _wanted = wanted;
        _nowUnixMs = nowUnixMs;
        _copyPacked = copyPacked;
        _policy = null;
        State = SlotState.Absent;
        Decision = EditDecision.Replace;
        OtherSeen = false;
    }

    /// <summary>Has a policy judge a live value against a new one, which stays pinned until <see cref="Done"/>.</summary>
    public void Ask(IEditPolicy policy, in InfoHash key, in SlotInfo slot, byte* packed, int packedBytes)
    {
        _policy = policy;
        _key = key;
        _new = slot;
        _newPacked = packed;
        _newPackedBytes = packedBytes;
    }

    public void Done()
    {
        _policy = null;
        _newPacked = null;
    }

    public void Read(ReadOnlySpan<byte> record)
    {
        SlotInfo found = SlotRecord.Info(record);
        ReadOnlySpan<byte> packed = SlotRecord.Packed(record);
        if (found.ValueId != _wanted)
        {
            OtherSeen = true;
            Other = found;
            OtherPackedBytes = packed.Length;
            return;
        }

        Old = found;
        OldPackedBytes = packed.Length;
        OldPosition = SlotRecord.Position(record);
        State = found.ExpiresUnixMs <= _nowUnixMs ? SlotState.Expired : SlotState.Live;
        if (State == SlotState.Live && _policy is not null)
        {
            Decision = _policy.Decide(_key, found, packed, _new, new ReadOnlySpan<byte>(_newPacked, _newPackedBytes));
        }

        // A refresh keeps the old bytes, so they are wanted; anything else writes new ones.
        if (_copyPacked || (State == SlotState.Live && Decision == EditDecision.Refresh))
        {
            packed.CopyTo(session.Scratch(WalEntry.HeaderBytes + packed.Length)[WalEntry.HeaderBytes..]);
        }
    }
}

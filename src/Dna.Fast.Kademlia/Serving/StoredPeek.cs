using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>What a look at the slot says before a signature is checked.</summary>
internal enum PeekResult : byte
{
    /// <summary>The signature decides.</summary>
    Verify,

    /// <summary>The same value is stored: its signature was verified then.</summary>
    Equal,

    /// <summary>Whatever its signature, this edit is forbidden.</summary>
    Refused,
}

/// <summary>Looks into the slot a value is put into, so that no signature is checked in vain. One worker's thread.</summary>
internal sealed class StoredPeek(IValueVerifier verifier) : IValueVisitor
{
    private readonly EditPolicy _policy = new(verifier);
    private InfoHash _key;
    private SlotInfo _slot;
    private byte[] _packed = [];
    private int _bytes;
    private PeekResult _result;

    /// <summary>The counter of the last <see cref="PeekResult.Refused"/>.</summary>
    public Counter RefusalCounter => _policy.LastCounter;

    public PeekResult Look(IValueStore store, in InfoHash key, in SlotInfo slot, byte[] packed, int bytes, long nowUnixMs)
    {
        _key = key;
        _slot = slot;
        _packed = packed;
        _bytes = bytes;
        _result = PeekResult.Verify;
        store.ReadOne(key, slot.ValueId, nowUnixMs, this);
        return _result;
    }

    bool IValueVisitor.Visit(in SlotInfo stored, ReadOnlySpan<byte> storedPacked)
    {
        ReadOnlySpan<byte> incoming = _packed.AsSpan(0, _bytes);
        if (ValueReader.Read(storedPacked, out ValueView old, out _) == DecodeStatus.Ok
            && ValueReader.Read(incoming, out ValueView value, out _) == DecodeStatus.Ok
            && value.IsEqualTo(old))
        {
            _result = PeekResult.Equal;
        }
        else if (stored.Type != TypeRegistry.Certificate && _slot.Type != TypeRegistry.Certificate
            && _policy.For(isVerified: true).Decide(_key, stored, storedPacked, _slot, incoming) == EditDecision.Refuse)
        {
            // Certificates are compared off the packet threads, where they are parsed anyway.
            _result = PeekResult.Refused;
        }

        return false;
    }
}

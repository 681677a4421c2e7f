using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>Says whether an answer is the right one for its request. Any thread; allocates nothing.</summary>
internal static class ReplyCheck
{
    /// <summary>Errors by code (wire specification, section 2.9).</summary>
    public static Outcome Error(int code) => code switch
    {
        401 => Outcome.Unauthorized,
        203 => Outcome.NoKey,
        _ => Outcome.OtherError,
    };

    /// <summary>Checks a reply.</summary>
    /// <param name="isComplete">False: the values follow in fragments; the slot says how many bytes are still to come.</param>
    public static Outcome Reply(scoped in Message reply, ref Slot slot, EngineOptions options, out bool isComplete)
    {
        isComplete = true;
        if (!options.NodeId.IsZero && reply.Id != options.NodeId) return Outcome.WrongNode;
        switch (slot.Request.Kind)
        {
            case RequestKind.Find:
                return reply.Token.IsEmpty ? Outcome.NoToken : Outcome.Ok;
            case RequestKind.Get:
                if (reply.Token.IsEmpty) return Outcome.NoToken;
                if (options.IsEcho) return Outcome.Ok;
                return reply.HasSizes ? Sizes(reply, ref slot, out isComplete) : Inline(reply, slot, options);
            case RequestKind.Put:
                return reply.ValueId == slot.Request.ValueId || options.IsEcho ? Outcome.Ok : Outcome.WrongValue;
            default:
                return Outcome.Ok;
        }
    }

    /// <summary>Checks a fragment of the answer to an open get.</summary>
    /// <param name="isComplete">True: the request has ended.</param>
    public static Outcome Fragment(scoped in Message fragment, ref Slot slot, EngineOptions options, out bool isComplete)
    {
        isComplete = false;
        if (slot.Values == 0) return Outcome.Ok;
        ValueShape shape = options.Sizes.Of(slot.Request.Key);
        var parts = new FragmentEnumerator(fragment.Fragments);
        while (parts.MoveNext())
        {
            slot.BytesLeft -= parts.Data.Length;

            // With several values under the key the list does not say which one is ours: then only the amount is checked.
            if (slot.Values == 1 && !shape.Matches(parts.Data, parts.Offset, slot.Request.Key, slot.Request.ValueId))
            {
                isComplete = true;
                return Outcome.WrongValue;
            }
        }

        isComplete = slot.BytesLeft <= 0;
        return slot.BytesLeft < 0 ? Outcome.WrongValue : Outcome.Ok;
    }

    private static Outcome Inline(scoped in Message reply, in Slot slot, EngineOptions options)
    {
        if (!reply.HasValues || reply.ValueCount == 0) return Outcome.MissingValue;
        ValueShape shape = options.Sizes.Of(slot.Request.Key);
        var values = new ValueEnumerator(reply.Values, reply.ValueCount);
        Outcome outcome = Outcome.MissingValue;
        while (values.MoveNext())
        {
            if (shape.IsSame(values.Packed, slot.Request.Key, slot.Request.ValueId)) return Outcome.Ok;
            if (ValueReader.Read(values.Packed, out ValueView value, out _) == DecodeStatus.Ok
                && value.Id == slot.Request.ValueId) outcome = Outcome.WrongValue;
        }

        return outcome;
    }

    private static Outcome Sizes(scoped in Message reply, ref Slot slot, out bool isComplete)
    {
        isComplete = false;
        long bytes = 0;
        var values = new ValueEnumerator(reply.Values, reply.ValueCount);
        while (values.MoveNext()) bytes += values.IsSize ? values.Size : 0;
        if (bytes > int.MaxValue)
        {
            isComplete = true;
            return Outcome.WrongValue;
        }

        // Fragments follow their header, on the same path: one that overtook it was not counted, and the request times out.
        slot.BytesLeft = (int)bytes;
        slot.Values = reply.ValueCount;
        return Outcome.Ok;
    }
}

namespace Dna.Fast.Wire.Tests;

/// <summary>
/// Reads everything a datagram offers, as a node would that trusts nothing: every list to its end, every value, query and row, and writes
/// them again.
/// </summary>
internal sealed class Walker
{
    private readonly byte[] _room = new byte[200_000];
    private readonly Reassembler _reassembler = new(new ReassemblyLimits());
    private long _nowMs;

    public int Walked { get; private set; }

    public int Decoded { get; private set; }

    public int Values { get; private set; }

    public void Walk(byte[] datagram)
    {
        Walked++;
        DiscoveryPacket.IsQuery(datagram);
        DiscoveryPacket.TryReadAnnouncement(datagram, out _, out _, out _);
        WalkValue(datagram);
        if (MessageReader.Read(datagram, out Message message) != DecodeStatus.Ok) return;
        Decoded++;
        Assert.NotEqual(MessageKind.None, message.Kind);
        Assert.Equal(message.Kind == MessageKind.Fragment, message.Id.IsZero);
        WalkLists(message);
        WalkQuery(message);
        WalkFields(message.Fields);
        WalkReassembly(message, datagram);
    }

    private void WalkLists(in Message message)
    {
        int count = 0;
        var values = new ValueEnumerator(message.Values, message.ValueCount);
        while (values.MoveNext())
        {
            count++;
            Assert.True(values.Size >= 0);
            if (!values.IsSize) WalkValue(values.Packed);
        }

        Assert.Equal(message.ValueCount, count);
        AssertIds(message.Refreshed, message.RefreshedCount);
        AssertIds(message.Expired, message.ExpiredCount);
        WalkNodes(new NodeListEnumerator(message.Nodes4, IpFamily.V4));
        WalkNodes(new NodeListEnumerator(message.Nodes6, IpFamily.V6));
        var fragments = new FragmentEnumerator(message.Fragments);
        while (fragments.MoveNext()) Assert.True(fragments.Index >= 0 && fragments.Offset is >= 0 and <= WireLimits.ValueBytesMax);
    }

    private static void AssertIds(ReadOnlySpan<byte> ids, int expected)
    {
        int count = 0;
        var list = new ValueIdEnumerator(ids, expected);
        while (list.MoveNext()) count++;
        Assert.Equal(expected, count);
    }

    private static void WalkNodes(NodeListEnumerator nodes)
    {
        int count = 0;
        while (nodes.MoveNext())
        {
            count++;
            Assert.True(nodes.Address.IsValid);
            Assert.Equal(nodes.Id, nodes.Id);
        }

        Assert.True(count <= 2 * WireLimits.NodesMax);
    }

    /// <summary>
    /// A value that reads is written canonically, and the canonical bytes read as the same value and write as themselves.
    /// </summary>
    private void WalkValue(ReadOnlySpan<byte> packed)
    {
        if (ValueReader.Read(packed, out ValueView value, out int consumed) != DecodeStatus.Ok) return;
        Values++;
        Assert.InRange(consumed, 1, packed.Length);
        int length = ValueWriter.Write(_room, value);
        Assert.InRange(length, 1, ValueWriter.BytesMax(value));
        byte[] canonical = _room[..length];
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(canonical, out ValueView again, out consumed));
        Assert.Equal(length, consumed);
        Assert.True(value.IsEqualTo(again));
        Assert.Equal((value.Seq, value.Priority), (again.Seq, again.Priority));
        Assert.Equal((value.HasRecipient, value.Recipient), (again.HasRecipient, again.Recipient));
        Assert.Equal(length, ValueWriter.Write(_room, again));
        Assert.True(canonical.AsSpan().SequenceEqual(_room.AsSpan(0, length)));
        Assert.True(value.IsEncrypted || ValueWriter.WriteBody(_room, value) > 0);
    }

    private void WalkQuery(in Message message)
    {
        if (QueryView.TryRead(message.Query, out QueryView query) != DecodeStatus.Ok) return;
        ValueView value = default;
        value.Id = 1;
        value.Owner = "0owner"u8;
        value.UserType = "text/plain"u8;
        bool matches = query.Matches(value);
        Assert.Equal(matches, query.Matches(value));
        int row = FieldsWriter.WriteRow(_room, query, value);
        Assert.Equal(query.SelectsAll, row == 0);
        byte[] map = new byte[row + 32];
        int length = FieldsWriter.WriteMap(map, query, _room.AsSpan(0, row), 1);
        if (!query.SelectsAll) Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(map.AsSpan(0, length), out _));
    }

    private static void WalkFields(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty || FieldsView.TryRead(raw, out FieldsView fields) != DecodeStatus.Ok) return;
        int count = 0;
        while (fields.MoveNext(out _)) count++;
        Assert.True(count <= fields.Count);
    }

    private void WalkReassembly(in Message message, byte[] datagram)
    {
        NodeAddress from = NodeAddress.V4(0x7F000001 + (uint)Walked % 16, 4000);
        if (message.Kind == MessageKind.Fragment) _reassembler.Add(from, message, _nowMs, out _);
        else if (message.HasSizes) _reassembler.Open(from, message, datagram, _nowMs, out _);
        _nowMs++;
        if (Walked % 256 == 0) _reassembler.Expire(_nowMs);
        Assert.True(_reassembler.OpenCount <= _reassembler.Limits.OpenMax);
        Assert.InRange(_reassembler.BytesHeld, 0, _reassembler.Limits.BytesMax);
    }
}

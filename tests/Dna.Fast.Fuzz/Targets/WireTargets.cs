using System.Buffers.Binary;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>What arrives in datagrams. Reading one allocates nothing, whatever it says.</summary>
internal static class WireTargets
{
    // Room for the longest value and its frame.
    private static readonly byte[] Room = new byte[2 * WireLimits.ValueBytesMax], Again = new byte[2 * WireLimits.ValueBytesMax];

    private static readonly byte[][] Messages = [.. Seeds.Vectors("*.bin").Where(bytes => MessageReader.Read(bytes, out _) == DecodeStatus.Ok)];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("message", FuzzFormat.Msgpack, Messages, Message) { AllocatedBase = 0, AllocatedPerByte = 0, TestInputs = 20_000 },
        new("value", FuzzFormat.Msgpack, Values(), Value) { AllocatedBase = 0, AllocatedPerByte = 0, TestInputs = 10_000 },
        new("query", FuzzFormat.Msgpack, Parts((in Message message) => message.Query), Query) { AllocatedBase = 0, AllocatedPerByte = 0 },
        new("fields", FuzzFormat.Msgpack, Parts((in Message message) => message.Fields), Fields) { AllocatedBase = 0, AllocatedPerByte = 0 },
        // A header promises sizes, and a reassembly holds what it was promised, up to the limits it was made with.
        new("fragments", FuzzFormat.Binary, Groups(), Fragments) { AllocatedBase = 4 * FragmentLimits.BytesMax },
        new("discovery", FuzzFormat.Msgpack, [Seeds.Vector("165-discovery-announce.bin"), Seeds.Vector("164-discovery-query.bin")], Discovery) { AllocatedBase = 0, AllocatedPerByte = 0 },
        new("state-file", FuzzFormat.Msgpack, StateFiles(), ReadStateFile),
        new("socket-address", FuzzFormat.Binary, [[2, 0, 0x10, 0x7E, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]], SocketAddress) { AllocatedBase = 0, AllocatedPerByte = 0 },
        new("service", FuzzFormat.Msgpack, [[0xCD, 0x10, 0x7E]], bytes => ServiceData.TryReadPort(bytes, out _) || bytes.Length == 3) { AllocatedBase = 0, AllocatedPerByte = 0 },
    ];

    private static ReassemblyLimits FragmentLimits => new(OpenMax: 16, OpenPerSourceMax: 8, BytesMax: 1 << 20, BytesPerSourceMax: 1 << 19);

    private delegate ReadOnlySpan<byte> Part(in Message message);

    private static bool Message(byte[] input)
    {
        if (MessageReader.Read(input, out Message message) != DecodeStatus.Ok) return false;
        int values = 0, refreshed = 0, expired = 0;
        var list = new ValueEnumerator(message.Values, message.ValueCount);
        while (list.MoveNext())
        {
            values++;
            if (!list.IsSize) Rewrite(list.Packed);
        }

        var ids = new ValueIdEnumerator(message.Refreshed, message.RefreshedCount);
        while (ids.MoveNext()) refreshed++;
        ids = new ValueIdEnumerator(message.Expired, message.ExpiredCount);
        while (ids.MoveNext()) expired++;
        if ((values, refreshed, expired) != (message.ValueCount, message.RefreshedCount, message.ExpiredCount)) throw new FuzzFailure("a list is shorter than the message says");
        var nodes = new NodeListEnumerator(message.Nodes4, IpFamily.V4);
        while (nodes.MoveNext()) Ensure(nodes.Address.IsValid, "a node without address");
        nodes = new NodeListEnumerator(message.Nodes6, IpFamily.V6);
        while (nodes.MoveNext()) Ensure(nodes.Address.IsValid, "a node without address");
        var pieces = new FragmentEnumerator(message.Fragments);
        while (pieces.MoveNext()) Ensure(pieces.Index >= 0 && pieces.Offset is >= 0 and <= WireLimits.ValueBytesMax, "a fragment from nowhere");
        ReadQuery(message.Query);
        ReadFields(message.Fields);
        return true;
    }

    private static bool Value(byte[] input) => Rewrite(input);

    private static bool Query(byte[] input) => ReadQuery(input);

    private static bool Fields(byte[] input) => ReadFields(input);

    /// <summary>What reads is written canonically, reads again as the same value, and is written as the same bytes.</summary>
    private static bool Rewrite(ReadOnlySpan<byte> packed)
    {
        if (ValueReader.Read(packed, out ValueView value, out int consumed) != DecodeStatus.Ok) return false;
        Ensure(consumed > 0 && consumed <= packed.Length, "more was read than was there");
        int length = ValueWriter.Write(Room, value);
        Ensure(length <= ValueWriter.BytesMax(value), "longer than it says it can be");
        Ensure(ValueReader.Read(Room.AsSpan(0, length), out ValueView again, out consumed) == DecodeStatus.Ok && consumed == length, "canonical bytes do not read");
        Ensure(value.IsEqualTo(again) && value.Seq == again.Seq && value.Priority == again.Priority, "another value after writing");
        int twice = ValueWriter.Write(Again, again);
        Ensure(Room.AsSpan(0, length).SequenceEqual(Again.AsSpan(0, twice)), "canonical bytes are not canonical");
        return true;
    }

    private static bool ReadQuery(ReadOnlySpan<byte> raw)
    {
        if (QueryView.TryRead(raw, out QueryView query) != DecodeStatus.Ok) return false;
        ValueView value = default;
        value.Id = 1;
        value.Owner = "0owner"u8;
        value.UserType = "text/plain"u8;
        query.Matches(value);
        int row = FieldsWriter.WriteRow(Room, query, value);
        int map = FieldsWriter.WriteMap(Again, query, Room.AsSpan(0, row), 1);
        Ensure(query.SelectsAll || FieldsView.TryRead(Again.AsSpan(0, map), out _) == DecodeStatus.Ok, "the answer to a query does not read");
        return true;
    }

    private static bool ReadFields(ReadOnlySpan<byte> raw)
    {
        if (FieldsView.TryRead(raw, out FieldsView fields) != DecodeStatus.Ok) return false;
        int rows = 0;
        while (fields.MoveNext(out _)) rows++;
        Ensure(rows <= fields.Count, "more rows than there are");
        return true;
    }

    /// <summary>A row of datagrams, each behind its length in 2 bytes, from sixteen senders.</summary>
    private static bool Fragments(byte[] input)
    {
        var reassembler = new Reassembler(FragmentLimits);
        ReadOnlySpan<byte> rest = input;
        bool isWhole = false;
        for (int number = 0; rest.Length >= 2; number++)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - 2);
            ReadOnlySpan<byte> datagram = rest.Slice(2, length);
            rest = rest[(2 + length)..];
            if (MessageReader.Read(datagram, out Message message) != DecodeStatus.Ok) continue;
            NodeAddress from = NodeAddress.V4(0x7F000001 + message.Transaction % 4, 4000);
            ReassembledMessage? whole = null;
            if (message.Kind == MessageKind.Fragment) reassembler.Add(from, message, number, out whole);
            else if (message.HasSizes) reassembler.Open(from, message, datagram, number, out whole);
            isWhole |= whole is not null;
            Ensure(reassembler.OpenCount <= FragmentLimits.OpenMax, "too many open");
            Ensure(reassembler.BytesHeld >= 0 && reassembler.BytesHeld <= FragmentLimits.BytesMax, "too much held");
        }

        reassembler.Expire(Reassembler.AgeMsMax + 100_000);
        Ensure(reassembler is { OpenCount: 0, BytesHeld: 0 }, "something is held after everything expired");
        return isWhole;
    }

    private static bool Discovery(byte[] input) => DiscoveryPacket.IsQuery(input) | DiscoveryPacket.TryReadAnnouncement(input, out _, out _, out _);

    private static bool ReadStateFile(byte[] input)
    {
        if (!StateFile.TryRead(input, out StateFile file)) return false;
        Ensure(StateFile.TryRead(file.ToBytes(), out StateFile again) && again.Id == file.Id && again.Nodes.SequenceEqual(file.Nodes), "another file after writing");
        Ensure(again.ValueKeys == file.ValueKeys, "keys are lost by writing");
        foreach ((InfoHash _, ReadOnlyMemory<byte> packed) in file.Values)
        {
            List<StateValue> values = [], rewritten = [];
            if (!StateFileValues.TryRead(packed, values, out _)) continue;
            Ensure(StateFileValues.TryRead(StateFileValues.Write(values), rewritten, out int unread) && unread == 0 && rewritten.Count == values.Count, "values are lost by writing");
        }

        return true;
    }

    private static bool SocketAddress(byte[] input) => NativeSocketAddress.TryRead(input, out _);

    private static byte[][] Values()
    {
        var values = new List<byte[]>();
        foreach (byte[] datagram in Messages)
        {
            MessageReader.Read(datagram, out Message message);
            var list = new ValueEnumerator(message.Values, message.ValueCount);
            while (list.MoveNext())
            {
                if (!list.IsSize) values.Add(list.Packed.ToArray());
            }
        }

        return [.. values];
    }

    private static byte[][] Parts(Part part)
    {
        var parts = new List<byte[]>();
        foreach (byte[] datagram in Messages)
        {
            MessageReader.Read(datagram, out Message message);
            if (!part(message).IsEmpty) parts.Add(part(message).ToArray());
        }

        return [.. parts];
    }

    // Header and fragments of one message, as they were captured.
    private static byte[][] Groups() =>
    [
        .. ((string[])["015-put-cert*", "016-put-cert*", "017-put-cert*"]).Select(Seeds.Vectors).SelectMany(vectors => vectors).ToArray() is var certificate ? [Row(certificate)] : Array.Empty<byte[]>(),
        Row([.. Seeds.Vectors("027-put-signed*"), .. Seeds.Vectors("028-put-signed*")]),
        Row([.. Seeds.Vectors("09?-update-fragmented*")]),
        Row([.. Seeds.Vectors("099-*"), .. Seeds.Vectors("10?-update-3values-fragmented*")]),
    ];

    private static byte[] Row(IReadOnlyList<byte[]> datagrams) => [.. datagrams.SelectMany(datagram => (byte[])[(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram])];

    private static byte[][] StateFiles()
    {
        NodeAddress.TryParse("[2001:db8::7]:4222", 0, out NodeAddress v6);
        var nodes = Enumerable.Range(0, 20).Select(i => (InfoHash.OfKey("n" + i), i % 2 == 0 ? v6 : NodeAddress.V4(0xC0000200u + (uint)i, 4222))).ToList();
        byte[] packed = new byte[256];
        packed = packed[..ValueWriter.Write(packed, new ValueView { Id = 7, Data = "hello"u8 })];
        byte[] values = StateFileValues.Write(
        [
            new StateValue(StateValue.Unsaid, 5_000_000_000, StateValue.Unsaid, default, packed),
            new StateValue(1_700_000_000_123, StateValue.Unsaid, 1_700_000_600_123, v6, packed),
        ]);
        return
        [
            new StateFile { Id = InfoHash.OfKey("me"), Nodes = nodes }.ToBytes(), new StateFile { Id = InfoHash.OfKey("me") }.ToBytes(),
            new StateFile { Values = [(InfoHash.OfKey("key"), values)] }.ToBytes(),
        ];
    }

    private static void Ensure(bool isSo, string problem)
    {
        if (!isSo) throw new FuzzFailure(problem);
    }
}

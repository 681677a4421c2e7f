using CsCheck;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests;

public sealed class ValueShapeTests
{
    private static readonly KeySpace Keys = new(1, InfoHash.Of("node"u8), 1);
    private static readonly Sender Self = new(InfoHash.Of("source"u8), 0, false);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(300)]
    public void A_put_carries_the_value_its_check_expects(int dataBytes)
    {
        var sizes = new ValueSizes([dataBytes], 0x1001);
        byte[] packed = PackedOf(sizes, 42, ValueShape.IdOf(7));
        Assert.True(sizes.Of(42).Matches(packed, 0, 42, ValueShape.IdOf(7)));
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        Assert.Equal(0x1001, value.Type);
        Assert.Equal(ValueShape.IdOf(7), value.Id);
        Assert.Equal(dataBytes, value.Data.Length);
    }

    [Fact]
    public void Any_flipped_bit_is_noticed()
    {
        var sizes = new ValueSizes([100], 0);
        byte[] packed = PackedOf(sizes, 42, ValueShape.IdOf(7));
        Gen.Int[0, packed.Length * 8 - 1].Sample(bit =>
        {
            byte[] flipped = [.. packed];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            return !sizes.Of(42).Matches(flipped, 0, 42, ValueShape.IdOf(7));
        });
    }

    [Fact]
    public void Each_part_of_a_value_is_checked_at_its_offset()
    {
        var sizes = new ValueSizes([300], 0);
        byte[] packed = PackedOf(sizes, 1, ValueShape.IdOf(2));
        Gen.Select(Gen.Int[0, packed.Length - 1], Gen.Int[1, packed.Length]).Sample((from, length) =>
        {
            ReadOnlySpan<byte> part = packed.AsSpan(from, Math.Min(length, packed.Length - from));
            bool right = sizes.Of(1).Matches(part, from, 1, ValueShape.IdOf(2));
            byte[] flipped = part.ToArray();
            flipped[flipped.Length / 2] ^= 0x10;
            return right && !sizes.Of(1).Matches(flipped, from, 1, ValueShape.IdOf(2));
        });
    }

    [Fact]
    public void Another_key_or_id_has_another_value()
    {
        var sizes = new ValueSizes([100], 0);
        byte[] packed = PackedOf(sizes, 42, ValueShape.IdOf(7));
        Assert.False(sizes.Of(42).IsSame(packed, 43, ValueShape.IdOf(7)));
        Assert.False(sizes.Of(42).IsSame(packed, 42, ValueShape.IdOf(8)));
    }

    [Fact]
    public void A_value_in_another_order_of_keys_is_the_same()
    {
        var sizes = new ValueSizes([20], 5);
        byte[] packed = PackedOf(sizes, 42, ValueShape.IdOf(7));
        ValueReader.Read(packed, out ValueView value, out _);
        byte[] room = new byte[200];
        var writer = new MsgpackWriter(room);
        writer.WriteMapHeader(2);
        writer.WriteString("dat"u8);
        writer.WriteMapHeader(1);
        writer.WriteString("body"u8);
        writer.WriteMapHeader(2);
        writer.WriteString("data"u8);
        writer.WriteBinary(value.Data);
        writer.WriteString("type"u8);
        writer.WriteUInt(5);
        writer.WriteString("id"u8);
        writer.WriteUInt(value.Id);
        Assert.True(sizes.Of(42).IsSame(room.AsSpan(0, writer.Length), 42, ValueShape.IdOf(7)));
    }

    [Fact]
    public void A_big_put_is_a_header_and_its_fragments_in_order()
    {
        var sizes = new ValueSizes([3000], 0);
        var templates = new SourceTemplates(Self, sizes, [1, 2, 3], 1_000);
        Assert.Equal(4, templates.PutDatagrams(default, 0));
        byte[] room = new byte[1600], joined = new byte[sizes[0].PackedBytes];
        var request = new Request(RequestKind.Put, 9, ValueShape.IdOf(3), true);
        int at = 0;
        for (int part = 1; part < 4; part++)
        {
            int bytes = templates.Write(room, request, 0x9000_0001, Keys, 0, part);
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(room.AsSpan(0, bytes), out Message message));
            Assert.Equal(0x9000_0001u, message.Transaction);
            var fragments = new FragmentEnumerator(message.Fragments);
            Assert.True(fragments.MoveNext());
            Assert.Equal(at, fragments.Offset);
            fragments.Data.CopyTo(joined.AsSpan(at));
            at += fragments.Data.Length;
        }

        Assert.True(sizes[0].Matches(joined, 0, 9, ValueShape.IdOf(3)));
    }

    // What a put template writes, read back by the project's own reader.
    private static byte[] PackedOf(ValueSizes sizes, uint key, ulong id)
    {
        byte[] room = new byte[1600];
        var templates = new SourceTemplates(Self, sizes, [1, 2, 3, 4], 1_000);
        int bytes = templates.Write(room, new Request(RequestKind.Put, key, id, true), 0x9000_0001, Keys, 0, 0);
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(room.AsSpan(0, bytes), out Message message));
        Assert.Equal(Keys.Key(key), message.Target);
        Assert.Equal(0x9000_0001u, message.Transaction);
        var values = new ValueEnumerator(message.Values, message.ValueCount);
        Assert.True(values.MoveNext());
        return values.Packed.ToArray();
    }
}

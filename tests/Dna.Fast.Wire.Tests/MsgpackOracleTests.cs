using System.Buffers;
using CsCheck;
using MessagePack;

namespace Dna.Fast.Wire.Tests;

/// <summary>
/// Our reader and writer against MessagePack-CSharp's: what one writes the other reads, and both write the same shortest bytes.
/// </summary>
public sealed class MsgpackOracleTests
{
    private static readonly Gen<ulong> Unsigned = Gen.OneOf(
        Gen.ULong,
        Gen.Int[0, 64].Select(bits => bits == 64 ? ulong.MaxValue : (1UL << bits) - 1),
        Gen.Int[0, 63].Select(bits => 1UL << bits));

    private static readonly Gen<long> Signed = Gen.OneOf(
        Gen.Long,
        Gen.Int[0, 62].Select(bits => -(1L << bits)),
        Gen.Int[0, 62].Select(bits => -(1L << bits) - 1));

    private static readonly Gen<byte[]> Blob = Gen.OneOf(
        Gen.Byte.Array[0, 40], Gen.Byte.Array[250, 260], AnyOf(31, 32, 255, 256, 65_535, 65_536).Select(length => new byte[length]));

    private delegate void OurWrite(ref MsgpackWriter writer);

    private delegate void OracleWrite(ref MessagePackWriter writer);

    [Fact]
    public void Unsigned_integers_are_written_alike_and_read_back() => Unsigned.Sample(value =>
    {
        byte[] bytes = Same((ref MsgpackWriter ours) => ours.WriteUInt(value), (ref MessagePackWriter oracle) => oracle.Write(value));
        var reader = new MsgpackReader(bytes);
        Assert.True(reader.TryReadUInt64(out ulong read));
        Assert.Equal(value, read);
        Assert.Equal(0, reader.Remaining);
    });

    [Fact]
    public void Signed_integers_are_written_alike_and_read_back() => Signed.Sample(value =>
    {
        byte[] bytes = Same((ref MsgpackWriter ours) => ours.WriteInt(value), (ref MessagePackWriter oracle) => oracle.Write(value));
        var reader = new MsgpackReader(bytes);
        Assert.True(reader.TryReadInt64(out long read));
        Assert.Equal(value, read);
    });

    [Fact]
    public void Blobs_are_written_alike_and_read_back() => Blob.Sample(
        data =>
        {
            byte[] bytes = Same((ref MsgpackWriter ours) => ours.WriteBinary(data), (ref MessagePackWriter oracle) => oracle.Write(data));
            var reader = new MsgpackReader(bytes);
            Assert.True(reader.TryReadBinary(out ReadOnlySpan<byte> read));
            Assert.True(read.SequenceEqual(data));
            bytes = Same((ref MsgpackWriter ours) => ours.WriteString(data), (ref MessagePackWriter oracle) => oracle.WriteString(data));
            reader = new MsgpackReader(bytes);
            Assert.True(reader.TryReadString(out read));
            Assert.True(read.SequenceEqual(data));
        },
        iter: 500);

    [Fact]
    public void Headers_are_written_alike() => Gen.OneOf(Gen.Int[0, 40], AnyOf(15, 16, 65_535, 65_536, 1_000_000)).Sample(count =>
    {
        Same((ref MsgpackWriter ours) => ours.WriteMapHeader(count), (ref MessagePackWriter oracle) => oracle.WriteMapHeader(count));
        Same((ref MsgpackWriter ours) => ours.WriteArrayHeader(count), (ref MessagePackWriter oracle) => oracle.WriteArrayHeader(count));
    });

    [Fact]
    public void Every_width_of_an_integer_is_read() => Gen.Select(Unsigned, AnyOf(1, 2, 4, 8)).Sample((value, width) =>
    {
        ulong cut = width == 8 ? value : value & (1UL << (8 * width)) - 1;
        var reader = new MsgpackReader(Mp.UInt(cut, width));
        Assert.True(reader.TryReadUInt64(out ulong read));
        Assert.Equal(cut, read);

        // The signed codes carry non-negative numbers too.
        ulong positive = cut & (1UL << (8 * width - 1)) - 1;
        reader = new MsgpackReader(Mp.Int((long)positive, width));
        Assert.True(reader.TryReadUInt64(out read));
        Assert.Equal(positive, read);
        reader = new MsgpackReader(Mp.Int(-1 - (long)positive, width));
        Assert.True(reader.TryReadInt64(out long negative));
        Assert.Equal(-1 - (long)positive, negative);
        reader = new MsgpackReader(Mp.Int(-1 - (long)positive, width));
        Assert.False(reader.TryReadUInt64(out _));
        Assert.Equal(DecodeStatus.OutOfRange, reader.Status);
    });

    [Fact]
    public void Whatever_the_oracle_walks_is_skipped_in_the_same_length() => Object(3).Sample(packed =>
    {
        var oracle = new MessagePackReader(packed);
        oracle.Skip();
        var reader = new MsgpackReader(packed);
        bool skipped = reader.TrySkip(0);
        if (reader.Status == DecodeStatus.TooManyItems) return;
        Assert.True(skipped, reader.Status.ToString());
        Assert.Equal(oracle.Consumed, reader.Position);
    });

    [Fact]
    public void Every_prefix_of_an_object_is_truncated() => Object(3).Where(packed => packed.Length < 400).Sample(
        packed =>
        {
            for (int length = 0; length < packed.Length; length++)
            {
                var reader = new MsgpackReader(packed.AsSpan(0, length));
                Assert.False(reader.TrySkip(0));
                Assert.Equal(DecodeStatus.Truncated, reader.Status);
            }
        },
        iter: 300);

    [Fact]
    public void Random_bytes_are_walked_by_both_or_by_neither() => Gen.Byte.Array[1, 24].Sample(
        bytes =>
        {
            bool oracle = TryOracle(bytes, out long consumed);
            var reader = new MsgpackReader(bytes);
            bool ours = reader.TrySkip(0);
            if (reader.Status is DecodeStatus.TooDeep or DecodeStatus.TooManyItems) return;
            Assert.Equal(oracle, ours);
            if (ours) Assert.Equal(consumed, reader.Position);
        },
        iter: 20_000);

    [Fact]
    public void The_table_of_types_agrees_with_the_oracle()
    {
        for (int code = 0; code <= 255; code++)
        {
            MsgpackType expected = MessagePackCode.ToMessagePackType((byte)code) switch
            {
                MessagePackType.Integer => MsgpackType.Integer,
                MessagePackType.String => MsgpackType.String,
                MessagePackType.Binary => MsgpackType.Binary,
                MessagePackType.Array => MsgpackType.Array,
                MessagePackType.Map => MsgpackType.Map,
                MessagePackType.Unknown => MsgpackType.None,
                _ => MsgpackType.Other,
            };
            Assert.Equal(expected, new MsgpackReader([(byte)code]).Next);
        }
    }

    private static Gen<int> AnyOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static bool TryOracle(byte[] bytes, out long consumed)
    {
        var oracle = new MessagePackReader(bytes);
        consumed = 0;
        try
        {
            oracle.Skip();
            consumed = oracle.Consumed;
            return true;
        }
        catch (Exception failure) when (failure is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            return false;
        }
    }

    private static byte[] Same(OurWrite ours, OracleWrite oracle)
    {
        byte[] room = new byte[70_000];
        var writer = new MsgpackWriter(room);
        ours(ref writer);
        var buffer = new ArrayBufferWriter<byte>();
        var theirs = new MessagePackWriter(buffer);
        oracle(ref theirs);
        theirs.Flush();
        Assert.True(buffer.WrittenSpan.SequenceEqual(room.AsSpan(0, writer.Length)));
        return room[..writer.Length];
    }

    /// <summary>Objects of every type of the format, written by the oracle.</summary>
    private static Gen<byte[]> Object(int depth)
    {
        Gen<byte[]> leaf = Gen.OneOf(
            Unsigned.Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Signed.Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Gen.Double.Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Gen.Float.Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Gen.Bool.Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Gen.Const(Written((ref MessagePackWriter writer) => writer.WriteNil())),
            Gen.Byte.Array[0, 40].Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Gen.String.Select(value => Written((ref MessagePackWriter writer) => writer.Write(value))),
            Gen.Select(Gen.SByte, Gen.Byte.Array[0, 40]).Select((type, data) => Written((ref MessagePackWriter writer) =>
            {
                writer.WriteExtensionFormatHeader(new ExtensionHeader(type, data.Length));
                writer.WriteRaw(data);
            })));
        if (depth == 0) return leaf;
        Gen<byte[]> inner = Object(depth - 1);
        return Gen.Frequency(
            (2, leaf),
            (1, inner.Array[0, 20].Select(ArrayOf)),
            (1, Gen.Select(inner, inner).Array[0, 20].Select(MapOf)));
    }

    private static byte[] ArrayOf(byte[][] items) =>
        [.. Written((ref MessagePackWriter writer) => writer.WriteArrayHeader(items.Length)), .. items.SelectMany(item => item)];

    private static byte[] MapOf((byte[] Key, byte[] Value)[] pairs) =>
    [
        .. Written((ref MessagePackWriter writer) => writer.WriteMapHeader(pairs.Length)),
        .. pairs.SelectMany(pair => pair.Key.Concat(pair.Value)),
    ];

    private static byte[] Written(OracleWrite write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}

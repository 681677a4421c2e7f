using System.Security.Cryptography;
using CsCheck;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Chunks;

public sealed class ChunkTests
{
    [Fact]
    public void The_checksum_is_zlibs() => Assert.Equal(0xCBF43926U, Crc32.Of("123456789"u8));

    [Fact]
    public void A_chunk_has_the_stated_header()
    {
        byte[] hash = new byte[32];
        Sha3.Hash256("abc"u8, hash);
        byte[] first = ChunkCodec.Write(new Chunk(2, 0, 3, hash, new byte[] { 9 }));
        Assert.Equal(57 + 1, first.Length);
        Assert.Equal("444e414302" + "00000002" + "00000000" + "00000001" + "00000003" + Crc32.Of([9]).ToString("x8", null), Convert.ToHexStringLower(first[..25]));
        Assert.Equal(hash, first[25..57]);
        Assert.Equal(25 + 1, ChunkCodec.Write(new Chunk(2, 1, 3, default, new byte[] { 9 })).Length);
        Assert.Throws<ArgumentException>(() => ChunkCodec.Write(new Chunk(2, 1, 3, hash, default)));
        Assert.Throws<ArgumentException>(() => ChunkCodec.Write(new Chunk(2, 1, 3, default, new byte[44_976])));
    }

    [Fact]
    public void A_chunk_of_version_1_has_no_hash()
    {
        byte[] data = new ByteWriter().UInt32(0x444E4143).Byte(1).UInt32(1).UInt32(0).UInt32(2).UInt32(5).UInt32(Crc32.Of([7, 8])).Bytes([7, 8]).ToArray();
        Assert.Equal(RecordStatus.Ok, ChunkCodec.Read(data, out Chunk? chunk));
        Assert.True(chunk!.ContentHash.IsEmpty);
        Assert.Equal([7, 8], chunk.Payload.ToArray());
    }

    [Fact]
    public void A_damaged_payload_and_impossible_numbers_are_refused()
    {
        byte[] data = ChunkCodec.Write(ChunkedRecord.Split("some record"u8)[0]);
        Assert.Equal(RecordStatus.Ok, ChunkCodec.Read(data, out _));
        AssertRefused(RecordStatus.Malformed, data, data.Length - 1, 0x01);
        AssertRefused(RecordStatus.Malformed, data, 0, 0x01);
        AssertRefused(RecordStatus.UnknownVersion, data, 4, 0x01 | 0x02 | 0x80);
        AssertRefused(RecordStatus.TooLarge, data, 5, 0x80);
        AssertRefused(RecordStatus.Malformed, data, 12, 0x01);
        AssertRefused(RecordStatus.TooLarge, data, 13, 0x80);
        AssertRefused(RecordStatus.TooLarge, data, 17, 0x80);
    }

    [Fact]
    public void Records_of_any_size_are_split_and_joined()
    {
        Gen.Int[0, 200_000].Sample(
            size =>
            {
                byte[] record = RandomNumberGenerator.GetBytes(size);
                Chunk[] chunks = [.. ChunkedRecord.Split(record).Select(Again)];
                Assert.Equal(RecordStatus.Ok, ChunkedRecord.Join(chunks, 200_000, out byte[]? joined));
                Assert.Equal(record, joined);
            },
            iter: 20);
    }

    [Fact]
    public void Chunks_of_two_versions_or_with_one_missing_give_nothing()
    {
        byte[] record = RandomNumberGenerator.GetBytes(100_000), other = RandomNumberGenerator.GetBytes(100_000);
        Chunk[] chunks = ChunkedRecord.Split(record), others = ChunkedRecord.Split(other);
        Assert.Equal(3, chunks.Length);
        Assert.Equal(RecordStatus.Incomplete, ChunkedRecord.Join(chunks[..2], 200_000, out _));
        Assert.Equal(RecordStatus.Incomplete, ChunkedRecord.Join([chunks[0], others[1], chunks[2]], 200_000, out byte[]? mixed));
        Assert.Null(mixed);
        Assert.Equal(RecordStatus.Incomplete, ChunkedRecord.Join([chunks[0], chunks[2], chunks[1]], 200_000, out _));
        Assert.Equal(RecordStatus.Incomplete, ChunkedRecord.Join([], 200_000, out _));
    }

    [Fact]
    public void Nothing_is_decompressed_beyond_what_the_caller_holds()
    {
        Chunk[] bomb = ChunkedRecord.Split(new byte[50_000_000]);
        Assert.Single(bomb);
        Assert.Equal(RecordStatus.TooLarge, ChunkedRecord.Join(bomb, 1_000_000, out _));
        // A header that lies about the size does not help: decompression ends where the header says.
        Assert.Equal(RecordStatus.Incomplete, ChunkedRecord.Join([bomb[0] with { OriginalBytes = 1000 }], 1_000_000, out _));
    }

    [Fact]
    public void A_tombstone_is_read_and_joins_to_nothing()
    {
        Assert.Equal(RecordStatus.Ok, ChunkCodec.Read(ChunkCodec.Write(ChunkedRecord.Tombstone()), out Chunk? chunk));
        Assert.Equal(0U, chunk!.Total);
        Assert.Equal(RecordStatus.Incomplete, ChunkedRecord.Join([chunk], 1000, out _));
    }

    [Fact]
    public void Mutated_chunks_never_throw()
    {
        byte[] data = ChunkCodec.Write(ChunkedRecord.Split("some record that is short"u8)[0]);
        Mutations.Feed(data, mutated => ChunkCodec.Read(mutated, out _));
        Chunk good = ChunkedRecord.Split(Users.Fixture("group.0"))[0];
        Mutations.Feed(good.Payload.ToArray(), payload => ChunkedRecord.Join([good with { Payload = payload }], 10_000, out _));
    }

    private static Chunk Again(Chunk chunk)
    {
        Assert.Equal(RecordStatus.Ok, ChunkCodec.Read(ChunkCodec.Write(chunk), out Chunk? read));
        return read!;
    }

    private static void AssertRefused(RecordStatus status, byte[] data, int at, byte flip)
    {
        byte[] changed = [.. data];
        changed[at] ^= flip;
        Assert.Equal(status, ChunkCodec.Read(changed, out Chunk? chunk));
        Assert.Null(chunk);
    }
}

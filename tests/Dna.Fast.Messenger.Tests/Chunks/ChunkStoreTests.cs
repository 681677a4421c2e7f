using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Chunks;

public sealed class ChunkStoreTests
{
    private const string Base = "some:base";
    private const int Max = 1_000_000;

    private static readonly TimeSpan Deadline = TestClient.Deadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly TestClient _alice;
    private readonly TestClient _bob;

    public ChunkStoreTests()
    {
        _alice = new TestClient(_network, Users.Fast(1), owner: 1, _time);
        _bob = new TestClient(_network, Users.Fast(2), owner: 2, _time);
    }

    [Fact]
    public async Task Each_writer_has_its_own_record_under_one_base_key()
    {
        byte[] first = RandomNumberGenerator.GetBytes(200_000), second = RandomNumberGenerator.GetBytes(100);
        Assert.Equal(new PutReport(ResultCode.Success, 8), await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, first, Deadline));
        Assert.True((await _bob.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, second, Deadline)).IsSuccess);
        IReadOnlyList<ChunkedValue> found = (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Value!;
        Assert.Equal(2, found.Count);
        Assert.Equal(first, found.Single(value => value.Owner == _alice.Dht.OwnerId).Data.ToArray());
        Assert.Equal(second, found.Single(value => value.Owner == _bob.Dht.OwnerId).Data.ToArray());
        Assert.Equal(DnaKeys.OwnerValueId(_alice.Dht.OwnerLongId), _network.At(DnaKeys.Chunk(Base, 3)).Single().Id);
    }

    [Fact]
    public async Task A_shorter_version_replaces_a_longer_one()
    {
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, RandomNumberGenerator.GetBytes(200_000), Deadline);
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, "short"u8.ToArray(), Deadline);
        Assert.Equal("short"u8.ToArray(), (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Value!.Single().Data.ToArray());
        Assert.True((await _alice.Chunks.DeleteAsync(Base, TypeRegistry.SevenDays, Deadline)).IsSuccess);
        Assert.Equal(ResultCode.NotFound, (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Code);
    }

    [Fact]
    public async Task Pain_25_chunks_of_two_versions_are_never_joined_and_a_reader_looks_again()
    {
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, RandomNumberGenerator.GetBytes(100_000), Deadline);
        // The writer is interrupted before chunk 0 of its second version.
        _network.UnreachableKeys.Add(DnaKeys.Chunk(Base, 0));
        byte[] second = RandomNumberGenerator.GetBytes(100_000);
        Assert.Equal(ResultCode.NetworkError, (await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, second, Deadline)).Code);
        _network.UnreachableKeys.Clear();
        int before = _network.Gets;
        Task<Answer<IReadOnlyList<ChunkedValue>>> read = _bob.Chunks.ReadAllAsync(Base, Max, TestClient.NoDeadline);
        await TestClient.PassTimeUntilAsync(read, _time);
        Assert.Equal(ResultCode.SerializationFailed, (await read).Code);
        Assert.Equal(3 * 3, _network.Gets - before);
        Assert.True((await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, second, Deadline)).IsSuccess);
        Assert.Equal(second, (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Value!.Single().Data.ToArray());
    }

    [Fact]
    public async Task A_chunk_that_cannot_be_reached_is_no_broken_record()
    {
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, RandomNumberGenerator.GetBytes(100_000), Deadline);
        _network.UnreachableKeys.Add(DnaKeys.Chunk(Base, 2));
        Assert.Equal(ResultCode.NetworkError, (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Code);
        _network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await _bob.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, new byte[10], Deadline)).Code);
    }

    [Fact]
    public async Task A_strangers_oversized_or_unsigned_chunks_cost_one_look_and_hide_nothing()
    {
        byte[] record = RandomNumberGenerator.GetBytes(1000);
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, record, Deadline);
        await _bob.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, new byte[Max + 1], Deadline);
        _network.PutUnsigned(DnaKeys.Chunk(Base, 0), ChunkCodec.Write(ChunkedRecord.Split("forged"u8)[0]));
        Assert.Equal(record, (await _bob.Chunks.ReadAllAsync(Base, Max, Deadline)).Value!.Single().Data.ToArray());
    }

    [Fact]
    public async Task One_owner_with_many_records_under_one_key_hides_nobody()
    {
        byte[] record = RandomNumberGenerator.GetBytes(1000);
        byte[] junk = ChunkCodec.Write(ChunkedRecord.Split("junk"u8)[0]);
        for (ulong id = 1; id <= 3 * ChunkStore.WritersMax; id++) _network.Put(DnaKeys.Chunk(Base, 0), [7, 7], new NewSecureValue { Id = id, Type = 0x1001, Data = junk });
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, record, Deadline);
        ChunksFound found = await _bob.Chunks.ReadAsync(Base, Max, owner: null, _bob.Network.Within(Deadline), default);
        Assert.Equal(record, Assert.Single(found.Values, value => value.Owner == _alice.Dht.OwnerId).Data.ToArray());
        Assert.False(found.IsComplete);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(300, false)]
    public async Task More_owners_than_a_reader_looks_at_are_said_to_be_more(int owners, bool isComplete)
    {
        byte[] junk = ChunkCodec.Write(ChunkedRecord.Split("junk"u8)[0]);
        for (int i = 0; i < owners; i++) _network.Put(DnaKeys.Chunk(Base, 0), [(byte)i, (byte)(i >> 8), 9], new NewSecureValue { Id = (ulong)i + 1, Type = 0x1001, Data = junk });
        ChunksFound found = await _bob.Chunks.ReadAsync(Base, Max, owner: null, _bob.Network.Within(Deadline), default);
        Assert.Equal((ResultCode.Success, isComplete, Math.Min(owners, ChunkStore.WritersMax)), (found.Code, found.IsComplete, found.Values.Count));
    }

    [Fact]
    public async Task Of_two_writers_one_that_cannot_be_reached_makes_the_answer_incomplete()
    {
        await _alice.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, RandomNumberGenerator.GetBytes(100_000), Deadline);
        await _bob.Chunks.WriteAsync(Base, TypeRegistry.SevenDays, "short"u8.ToArray(), Deadline);
        _network.UnreachableKeys.Add(DnaKeys.Chunk(Base, 2));
        ChunksFound found = await _bob.Chunks.ReadAsync(Base, Max, owner: null, _bob.Network.Within(Deadline), default);
        Assert.Equal((ResultCode.Success, false), (found.Code, found.IsComplete));
    }
}

using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

public sealed class InFlightTableTests
{
    private static readonly Request Ping = new(RequestKind.Ping, 0, 0, true);

    private readonly InFlightTable _table = new(3, new SplitMix(1));

    [Fact]
    public void Every_transaction_id_takes_five_bytes_on_the_wire()
    {
        for (int i = 0; i < 100_000; i++)
        {
            uint transaction = _table.Open(Ping, 0, 0).Transaction;
            Assert.True(transaction > ushort.MaxValue);
            Assert.Equal(Match.Open, _table.Find(transaction, out int index));
            _table.Close(index, false);
        }
    }

    [Fact]
    public void A_full_table_has_no_room_until_a_request_ends()
    {
        uint first = _table.Open(Ping, 0, 0).Transaction;
        _table.Open(Ping, 0, 0);
        _table.Open(Ping, 0, 0);
        Assert.False(_table.HasRoom);
        _table.Find(first, out int index);
        _table.Close(index, false);
        Assert.True(_table.HasRoom);
        Assert.Equal(2, _table.Used);
    }

    [Fact]
    public void A_second_answer_is_a_duplicate_even_when_the_slot_is_used_again()
    {
        uint first = Ended(false);
        Assert.Equal(Match.Duplicate, _table.Find(first, out _));
        for (int i = 0; i < 3; i++) _table.Open(Ping, 0, 0);
        Assert.Equal(Match.Duplicate, _table.Find(first, out _));
    }

    [Fact]
    public void An_answer_after_the_timeout_is_late()
    {
        Assert.Equal(Match.Late, _table.Find(Ended(true), out _));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(0x8000_0000u)]
    public void An_id_that_was_never_given_is_unknown(uint transaction)
    {
        Assert.Equal(Match.Unknown, _table.Find(transaction, out _));
    }

    [Fact]
    public void The_slot_free_for_longest_is_taken_first()
    {
        uint first = Ended(false), second = _table.Open(Ping, 0, 0).Transaction, third = _table.Open(Ping, 0, 0).Transaction;
        Assert.Equal(3, new[] { first & 3, second & 3, third & 3 }.Distinct().Count());
    }

    private uint Ended(bool timedOut)
    {
        uint transaction = _table.Open(Ping, 0, 0).Transaction;
        _table.Find(transaction, out int index);
        _table.Close(index, timedOut);
        return transaction;
    }
}

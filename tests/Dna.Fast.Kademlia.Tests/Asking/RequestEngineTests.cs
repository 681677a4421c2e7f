using Dna.Fast.Kademlia.Asking;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Asking;

public sealed class RequestEngineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(77)]
    public void A_request_is_sent_three_times_with_identical_bytes_and_growing_waits(int seed)
    {
        var bench = new EngineBench((ulong)seed);
        Contact contact = EngineBench.ContactOf(1);
        var times = new List<long>();
        bench.Queries.Ping(contact, bench.Events());
        for (long ms = 0; ms <= 10_000; ms++)
        {
            bench.MoveTo(ms);
            while (times.Count < bench.Sink.Sent.Count) times.Add(ms);
        }

        Assert.Equal(3, times.Count);
        Assert.InRange(times[1] - times[0], 1_000, 1_250);
        Assert.InRange(times[2] - times[1], 2_000, 2_750);
        Assert.All(bench.Sink.Sent, sent => Assert.Equal(bench.Sink.Sent[0].Bytes, sent.Bytes));
        Assert.Equal(["slow", "expired"], bench.Told);
        Assert.True(contact.IsExpired);
        Assert.Equal(0, contact.PendingRequests);
        Assert.Equal(0, bench.Engine.Count);
    }

    [Fact]
    public void The_last_wait_is_as_long_as_the_others_ask()
    {
        var bench = new EngineBench(5);
        bench.Queries.Ping(EngineBench.ContactOf(1), bench.Events());
        bench.MoveTo(1_000 + 2_000 + 4_000 - 1);
        Assert.DoesNotContain("expired", bench.Told);
        bench.MoveTo(1_250 + 2_750 + 5_750);
        Assert.Contains("expired", bench.Told);
    }

    [Fact]
    public void A_reply_ends_a_request()
    {
        var bench = new EngineBench();
        Contact contact = EngineBench.ContactOf(1);
        Request request = bench.Queries.Ping(contact, bench.Events());
        Assert.Same(request, bench.Answer(contact.Address, contact.Id, request.Transaction));
        bench.MoveTo(20_000);
        Assert.Equal(["replied"], bench.Told);
        Assert.Single(bench.Sink.Sent);
    }

    [Fact]
    public void Reply_from_other_address_is_dropped()
    {
        var bench = new EngineBench();
        Contact contact = EngineBench.ContactOf(1);
        Request request = bench.Queries.Ping(contact, bench.Events());
        Assert.Null(bench.Answer(contact.Address.WithPort(9), contact.Id, request.Transaction));
        Assert.Equal(1, bench.Counters[Counter.DropReplyForeignSource]);
        Assert.False(request.IsDone);
    }

    [Fact]
    public void Reply_to_nothing_is_dropped()
    {
        var bench = new EngineBench();
        Contact contact = EngineBench.ContactOf(1);
        Request request = bench.Queries.Ping(contact, bench.Events());
        Assert.Null(bench.Answer(contact.Address, contact.Id, request.Transaction + 1));
        Assert.Equal(1, bench.Counters[Counter.DropReplyUnknown]);
    }

    [Fact]
    public void Another_id_at_the_address_expires_the_contact_and_all_its_requests()
    {
        var bench = new EngineBench();
        Contact contact = EngineBench.ContactOf(1);
        Request first = bench.Queries.Ping(contact, bench.Events("a "));
        bench.Queries.Ping(contact, bench.Events("b "));
        Assert.Null(bench.Answer(contact.Address, EngineBench.IdOf(2), first.Transaction));
        Assert.True(contact.IsExpired);
        Assert.Equal(["a expired", "b expired"], bench.Told);
        Assert.Equal(0, bench.Engine.Count);
    }

    [Fact]
    public void One_expired_request_expires_the_others_of_its_contact_only()
    {
        var bench = new EngineBench();
        Contact silent = EngineBench.ContactOf(1), other = EngineBench.ContactOf(2);
        bench.Queries.Ping(silent, bench.Events("first "));
        bench.MoveTo(5_000);
        bench.Queries.Ping(silent, bench.Events("late "));
        Request kept = bench.Queries.Ping(other, bench.Events("other "));
        bench.MoveTo(9_750);
        Assert.Contains("late expired", bench.Told);
        Assert.False(kept.IsDone);
        Assert.False(other.IsExpired);
    }

    [Fact]
    public void Full_sink_is_a_lost_datagram_that_is_sent_again()
    {
        var bench = new EngineBench();
        bench.Sink.IsFull = true;
        bench.Queries.Ping(EngineBench.ContactOf(1), bench.Events());
        Assert.Empty(bench.Sink.Sent);
        Assert.Equal(1, bench.Counters[Counter.DropSinkFull]);
        bench.Sink.IsFull = false;
        bench.MoveTo(1_250);
        Assert.Single(bench.Sink.Sent);
    }

    [Fact]
    public void Transactions_are_never_zero_and_never_shared()
    {
        var bench = new EngineBench();
        var seen = new HashSet<uint>();
        for (int i = 0; i < 1_000; i++) Assert.True(seen.Add(bench.Queries.Ping(EngineBench.ContactOf(1), bench.Events()).Transaction));
        Assert.DoesNotContain(0u, seen);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(2_000, 3)]
    [InlineData(65_568, 53)]
    public void A_big_value_travels_header_first_then_fragments_in_ascending_offset(int bytes, int datagrams)
    {
        var bench = new EngineBench();
        var packed = new byte[bytes];
        Contact contact = EngineBench.ContactOf(1);
        Request request = bench.Queries.Put(contact, EngineBench.IdOf(9), packed, 1, new byte[32], bench.Events());
        Assert.Equal(datagrams, bench.Sink.Sent.Count);
        int expected = 0;
        foreach ((Route _, byte[] datagram) in bench.Sink.Sent.Skip(1))
        {
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(datagram, out Message message));
            Assert.Equal(request.Transaction, message.Transaction);
            var fragments = new FragmentEnumerator(message.Fragments);
            Assert.True(fragments.MoveNext());
            Assert.Equal(expected, fragments.Offset);
            expected += fragments.Data.Length;
        }

        if (datagrams > 1) Assert.Equal(bytes, expected);
    }
}

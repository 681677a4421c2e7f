using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>Whatever strangers send, the packet side neither throws nor stops serving.</summary>
public sealed class RobustnessTests
{
    private const int Mutations = 30_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutated_datagrams_do_no_harm(int seed)
    {
        using var bench = new ServingBench(limits: RateLimits.Off);
        var random = new Random(seed);
        List<byte[]> seeds = Seeds(bench);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] datagram = [.. seeds[random.Next(seeds.Count)]];
            for (int flips = random.Next(1, 4); flips > 0; flips--) datagram[random.Next(datagram.Length)] = (byte)random.Next(256);
            ReadOnlySpan<byte> sent = random.Next(8) == 0 ? datagram.AsSpan(0, random.Next(datagram.Length)) : datagram;
            bench.Send(sent);
            bench.Inbox.Told.Clear();
            bench.Inbox.Whole.Clear();
            if (i % 1000 == 0) bench.Move(700);
        }

        Assert.Single(bench.Ping());
        ServingBench.AssertAcknowledged(77, bench.Put(ServingBench.Text(77, "alive"), key: InfoHash.OfKey("alive")));
        Assert.Equal(["alive"], bench.Texts(InfoHash.OfKey("alive")));
        bench.Move(20_000);
        bench.Turn();
        Assert.Equal(long.MaxValue, bench.Receiver.Turn(bench.Now, bench.Sink));
        Assert.Equal(0, bench.Receiver.PendingAcknowledgements);
    }

    private static List<byte[]> Seeds(ServingBench bench)
    {
        Sender self = ServingBench.Stranger;
        var owner = new Signer();
        byte[] token = bench.Token();
        byte[] where = ValueFilter.Pack([new ValueFilter(ValueField.Type, 0, null), new ValueFilter(ValueField.UserType, 0, "text/plain"u8.ToArray())]);
        ServingBench.Writer[] writers =
        [
            to => QueryWriter.Ping(to, self, 1),
            to => QueryWriter.Find(to, self, 2, ServingBench.Key, Want.V4 | Want.V6),
            to => QueryWriter.Get(to, self, 3, ServingBench.Key, ServingBench.Select([ValueField.Id, ValueField.Owner], where), Want.Unsaid),
            to => QueryWriter.Get(to, self, 3, ServingBench.Key, ServingBench.WhereId(1), Want.Unsaid),
            to => QueryWriter.Put(to, self, 4, ServingBench.Key, ServingBench.Inline(ServingBench.Text(1, "a"), ServingBench.Text(2, "b")), 1_700_000_000, token),
            to => QueryWriter.Put(to, self, 5, ServingBench.Key, ServingBench.Inline(owner.Sign(3, 1, "signed")), -1, token),
            to => QueryWriter.Refresh(to, self, 6, ServingBench.Key, 1, token),
            to => QueryWriter.Listen(to, self, 7, ServingBench.Key, token, 99, where),
            to => QueryWriter.UpdateExpired(to, self, 8, 99, [1, 2, 3], token),
            to => ReplyWriter.LegacyIds(to, self, 99, true, [1], token),
            to => ReplyWriter.Error(to, self, 9, 401, "no"u8),
        ];
        var seeds = writers.Select(w =>
        {
            var buffer = new byte[8192];
            return buffer[..w(buffer)];
        }).ToList();
        seeds.AddRange(bench.BigPut(10, ServingBench.Text(4, new string('x', 3000)), ServingBench.Text(5, "y")));
        return seeds;
    }
}

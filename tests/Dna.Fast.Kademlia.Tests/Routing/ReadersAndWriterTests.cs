using System.Collections.Concurrent;
using System.Text;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>Readers run against the one writer. What a reader sees is one state the writer published, and later looks never show earlier states.</summary>
/// <remarks>
/// The writer's operations are the whole history of states, in order; a read is linearisable when its result is that of a state which was current between the
/// read's beginning and its end. The writer counts its operations before and after each, so every read knows which states these were.
/// </remarks>
public sealed class ReadersAndWriterTests
{
    private const int Operations = 4000;
    private const int Readers = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_snapshot_is_a_state_that_was_current_while_it_was_taken(int seed)
    {
        TableDriver driver = new(new Random(seed));
        List<InfoHash> states = [Fingerprint(driver.Table.Snapshot())];
        int begun = 0, ended = 0;
        ConcurrentBag<(int First, int Last, InfoHash Seen)> looks = [];
        using CancellationTokenSource done = new(Patience);
        Task[] readers = [.. Enumerable.Range(0, Readers).Select(_ => Task.Run(() =>
        {
            do
            {
                int first = Volatile.Read(ref ended);
                InfoHash seen = Fingerprint(driver.Table.Snapshot());
                looks.Add((first, Volatile.Read(ref begun), seen));
            }
            while (!done.IsCancellationRequested);
        }))];

        for (int i = 0; i < Operations; i++)
        {
            Volatile.Write(ref begun, i + 1);
            driver.Step();
            Volatile.Write(ref ended, i + 1);
            states.Add(Fingerprint(driver.Table.Snapshot()));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(Patience);
        Assert.True(looks.Count >= Readers);
        foreach ((int first, int last, InfoHash seen) in looks)
            Assert.Contains(seen, states.GetRange(first, last - first + 1));
    }

    [Fact]
    public async Task Later_looks_never_show_earlier_states()
    {
        // Only additions: then a state is later exactly when it holds more contacts.
        RoutingTable table = new(InfoHash.Zero, IpFamily.V4) { IsBootstrap = true };
        using CancellationTokenSource done = new(Patience);
        Task<int>[] readers = [.. Enumerable.Range(0, Readers).Select(_ => Task.Run(() =>
        {
            int last = 0, steps = 0;
            do
            {
                int contacts = table.Snapshot().Sum(bucket => bucket.Contacts.Count);
                Assert.True(contacts >= last, $"{contacts} contacts after {last}");
                if (contacts > last) steps++;
                last = contacts;
            }
            while (!done.IsCancellationRequested);
            return steps;
        }))];
        Random random = new(4);
        for (int i = 0; i < 20_000; i++) table.Insert(Make.Good(Make.RandomId(random)), Confirmation.Replied, Make.Start);
        await done.CancelAsync();
        int[] steps = await Task.WhenAll(readers).WaitAsync(Patience);
        Assert.True(steps.Sum() > 0);
    }

    [Fact]
    public async Task All_readers_stay_right_while_the_table_changes_under_them()
    {
        TableDriver driver = new(new Random(5));
        RoutingTable table = driver.Table;
        using CancellationTokenSource done = new(Patience);
        Task<long>[] readers = [.. Enumerable.Range(0, Readers).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            Contact?[] closest = new Contact?[8];
            byte[] list = new byte[8 * WireLimits.Node4Bytes];
            long found = 0;
            do
            {
                InfoHash target = random.Next(2) == 0 ? Make.RandomId(random) : Make.IdSharing(random, driver.Self, random.Next(160));
                int count = table.Closest(target, Make.StartMs, goodOnly: false, closest);
                for (int i = 1; i < count; i++) Assert.True(target.CompareDistance(closest[i - 1]!.Id, closest[i]!.Id) < 0);
                Assert.Equal(0, table.WriteClosest(target, Make.StartMs, list) % WireLimits.Node4Bytes);
                if (count > 0 && table.Find(closest[0]!.Id) is { } same) Assert.Equal(closest[0]!.Id, same.Id);
                table.CouldTake(target, Make.StartMs);
                table.IsTooFar(target, Make.StartMs);
                table.CheckInvariant();
                found += count;
            }
            while (!done.IsCancellationRequested);
            return found;
        }))];
        for (int i = 0; i < 10 * Operations; i++) driver.Step();
        await done.CancelAsync();
        long[] found = await Task.WhenAll(readers).WaitAsync(Patience);
        Assert.All(found, count => Assert.True(count > 0));
    }

    // A state in 20 bytes: looks are many.
    private static InfoHash Fingerprint(IReadOnlyList<BucketInfo> buckets) => InfoHash.Of(Encoding.ASCII.GetBytes(
        string.Join('\n', buckets.Select(bucket => TableModel.Line(bucket.First, bucket.Depth, bucket.Contacts, bucket.Cached)))));
}

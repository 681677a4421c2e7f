using System.Net;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Too much of everything (wire specification, sections 6.7 and 6.8).</summary>
public sealed class RobustnessTests
{
    [Fact]
    public async Task Of_3000_pings_in_a_second_about_1024_are_answered_and_others_notice_nothing()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe flood = new();

        // The stock node's answers to another loopback address leave from where the system likes, so only ours is asked from one.
        await using Probe other = new(NodeUnderTest.IsStock ? IPAddress.Loopback : IPAddress.Parse("127.0.0.2"));
        byte[][] pings = Enumerable.Range(0, 3000).Select(number => flood.Query((uint)number + 1, "ping")).ToArray();
        foreach (byte[] ping in pings) flood.Send(node.Address, ping);
        if (!NodeUnderTest.IsStock) Assert.Equal(node.Id, (await other.AskAsync(node.Address, "ping")).Id);
        await flood.TryWaitAsync(0, _ => flood.Count >= 3000, TimeSpan.FromSeconds(1));

        // A slow machine may need more than one window of a second for the 3000, and the kernel may drop some: bounds on both sides, wide ones.
        Assert.InRange(flood.Since(0).Count(packet => packet.Kind == "r"), 500, 2_500);
        await Bounded.UntilAsync(
            async () => await flood.TryWaitAsync(flood.Count, packet => Probe.IsAnswer(packet, flood.SendQuery(node.Address, "ping")), TimeSpan.FromMilliseconds(300)) is not null
                || (await flood.AskAsync(node.Address, "ping")).Kind == "r",
            TimeSpan.FromSeconds(60),
            "Service is normal again");
    }

    [Fact]
    public async Task One_source_that_fills_the_store_evicts_its_own_values_and_memory_stays_bounded()
    {
        Assert.SkipWhen(NodeUnderTest.IsStock, "The stock limit of 64 MiB takes too long to fill here.");
        const int Limit = 4 << 20, ValueBytes = 60_000, ValueCount = 120, PutAttempts = 8;
        await using DnaProcess node = await DnaProcess.StartAsync(new() { Bind = ["0.0.0.0"], More = ["--store-limit", "4MB", "--memory", "16MB"] });
        await using Probe modest = new(IPAddress.Parse("127.0.0.9")), greedy = new();
        InfoHash modestKey = InfoHash.OfKey("modest");
        IPEndPoint at = new(IPAddress.Loopback, node.Address.Port);
        TestValue kept = TestValue.Of("kept");
        await modest.PutAsync(at, modestKey, kept);

        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        byte[] token = await greedy.TokenAsync(at);
        List<(InfoHash Key, ulong Id)> puts = [];
        for (int index = 0; index < ValueCount; index++)
        {
            TestValue value = new() { Data = new byte[ValueBytes] };
            InfoHash key = InfoHash.OfKey($"greedy {index}");
            byte[] packed = value.Pack();
            uint t = greedy.NextTransaction();
            int from = greedy.Count;
            // Over its limit the store takes no more until room was made, and answers nothing meanwhile: a requester repeats, as every requester does.
            Packet? reply = null;
            for (int attempt = 0; attempt < PutAttempts && reply is null; attempt++)
            {
                greedy.Send(at, greedy.Query(
                    t, "put", ("h", Probe.Bytes(key)), ("values", new object[] { packed.Length }), ("c", now - 300 + index), ("token", token)));
                for (int offset = 0; offset < packed.Length; offset += ProbeOperations.FragmentBytes) greedy.SendFragment(at, t, 0, offset, packed);
                reply = await greedy.TryWaitAsync(from, packet => Probe.IsAnswer(packet, t), TimeSpan.FromSeconds(2.5));
            }

            Assert.True(reply is not null, $"no answer to put {index}");
            puts.Add((key, value.Id));
        }

        List<int> left = [];
        for (int index = 0; index < ValueCount; index++)
            if ((await greedy.IdsAsync(at, puts[index].Key)).Contains(puts[index].Id)) left.Add(index);

        // What expires first goes first; how exactly is the store's matter (its own tests), so the two ends of the row are looked at.
        Assert.InRange(left.Count, Limit / ValueBytes / 2, Limit / ValueBytes * 9 / 8 + 1);
        Assert.DoesNotContain(left, index => index < ValueCount / 8);
        Assert.Equal(Enumerable.Range(ValueCount - 5, 5), left.TakeLast(5));
        Assert.Equal([kept.Id], await modest.IdsAsync(at, modestKey));
        long residentBytes = ResidentBytes(node.ProcessId);
        Assert.True(residentBytes < 512L << 20, $"{residentBytes >> 20} MiB resident");
    }

    [Fact]
    public async Task Headers_without_fragments_do_not_fill_the_memory()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        for (int index = 0; index < 5_000; index++)
        {
            probe.Send(node.Address, probe.Query(
                probe.NextTransaction(), "put", ("h", Probe.Bytes(InfoHash.OfKey("x"))), ("values", Enumerable.Repeat((object)65_000, 40).ToArray()), ("token", token)));
        }

        await Bounded.UntilAsync(
            async () =>
            {
                int from = probe.Count;
                uint t = probe.SendQuery(node.Address, "ping");
                return await probe.TryWaitAsync(from, packet => Probe.IsAnswer(packet, t), TimeSpan.FromSeconds(1)) is not null;
            },
            TimeSpan.FromSeconds(60),
            "The node answers after 5000 promises");
        Assert.False(node.HasExited);
    }

    private static long ResidentBytes(int processId)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(processId);
        return process.WorkingSet64;
    }
}

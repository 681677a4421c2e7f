using System.Security.Cryptography;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>What a put does, datagram by datagram (wire specification, sections 1.6, 2.5 and 5).</summary>
public sealed class PutTests
{
    private readonly InfoHash _key = InfoHash.OfKey("puts");

    [Fact]
    public async Task Three_values_in_one_put_get_three_replies()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        TestValue[] values = [TestValue.Of("a"), TestValue.Of("b"), TestValue.Of("c")];
        int from = probe.Count;
        uint t = probe.SendQuery(
            node.Address, "put", ("h", Probe.Bytes(_key)), ("values", values.Select(value => (object)value.ToPack()).ToArray()), ("token", token));
        await probe.WaitAsync(from, _ => probe.Since(from).Count(packet => Probe.IsAnswer(packet, t)) == 3, Probe.AnswerTime, "Three replies");
        Assert.Equal(values.Select(value => value.Id), probe.Since(from).Where(packet => Probe.IsAnswer(packet, t)).Select(packet => (ulong)packet["vid"]!));
        Assert.Equal(values.Select(value => value.Id), await probe.IdsAsync(node.Address, _key));
    }

    [Fact]
    public async Task Fragments_are_put_together_though_repeated_and_though_the_header_comes_twice()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        TestValue value = new() { Data = RandomNumberGenerator.GetBytes(5_000) };
        byte[] packed = value.Pack();
        uint t = probe.NextTransaction();
        byte[] header = probe.Query(t, "put", ("h", Probe.Bytes(_key)), ("values", new object[] { packed.Length }), ("token", token));
        int from = probe.Count;
        probe.Send(node.Address, header);
        probe.SendFragment(node.Address, t, 0, 0, packed);
        probe.SendFragment(node.Address, t, 0, 0, packed);
        probe.SendFragment(node.Address, t, 0, 1280, packed);
        Assert.Null(await probe.TryWaitAsync(from, packet => Probe.IsAnswer(packet, t), TimeSpan.FromSeconds(1)));
        probe.Send(node.Address, header);
        for (int offset = 0; offset < packed.Length; offset += ProbeOperations.FragmentBytes) probe.SendFragment(node.Address, t, 0, offset, packed);
        Packet reply = await probe.WaitAsync(from, packet => Probe.IsAnswer(packet, t), Probe.AnswerTime, "A reply");
        Assert.Equal(value.Id, reply["vid"]);
        Assert.Equal(value.Data, Assert.Single(await probe.GetAsync(node.Address, _key)).Data);
    }

    [Fact]
    public async Task Fragments_in_any_order_and_before_their_header_are_put_together()
    {
        Assert.SkipWhen(NodeUnderTest.IsStock, "2.4.12 takes fragments in order only, and only after the header.");
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        byte[] packed = new TestValue { Data = RandomNumberGenerator.GetBytes(5_000) }.Pack();
        uint t = probe.NextTransaction();
        int from = probe.Count;
        probe.SendFragment(node.Address, t, 0, 3840, packed);
        probe.SendFragment(node.Address, t, 0, 1280, packed);
        probe.Send(node.Address, probe.Query(t, "put", ("h", Probe.Bytes(_key)), ("values", new object[] { packed.Length }), ("token", token)));
        probe.SendFragment(node.Address, t, 0, 2560, packed);
        probe.SendFragment(node.Address, t, 0, 0, packed);
        await probe.WaitAsync(from, packet => Probe.IsAnswer(packet, t), Probe.AnswerTime, "A reply");
        Assert.Equal(5_000, Assert.Single(await probe.GetAsync(node.Address, _key)).Data.Length);
    }

    [Fact]
    public async Task A_set_with_a_missing_fragment_is_dropped_after_3_s()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        byte[] packed = new TestValue { Data = new byte[3_000] }.Pack();
        uint t = probe.NextTransaction();
        int from = probe.Count;
        probe.Send(node.Address, probe.Query(t, "put", ("h", Probe.Bytes(_key)), ("values", new object[] { packed.Length }), ("token", token)));
        probe.SendFragment(node.Address, t, 0, 0, packed);
        Assert.Null(await probe.TryWaitAsync(from, packet => Probe.IsAnswer(packet, t), TimeSpan.FromSeconds(5)));
        probe.SendFragment(node.Address, t, 0, 1280, packed);
        probe.SendFragment(node.Address, t, 0, 2560, packed);
        Assert.Null(await probe.TryWaitAsync(from, packet => Probe.IsAnswer(packet, t), Probe.SilenceTime));
        Assert.Empty(await probe.IdsAsync(node.Address, _key));
    }

    [Fact]
    public async Task A_packed_value_of_65568_bytes_is_stored_and_of_65569_is_not_answered()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        TestValue usual = new() { Data = RandomNumberGenerator.GetBytes(65_520) };
        TestValue largest = new() { Data = RandomNumberGenerator.GetBytes(65_536), Id = 1 };

        // An id above 127 takes one byte more.
        TestValue tooLarge = largest with { Id = 200 };
        Assert.Equal([65_568, 65_569], new[] { largest, tooLarge }.Select(value => value.Pack().Length));
        Assert.Equal(usual.Id, (await probe.PutInFragmentsAsync(node.Address, _key, usual))?["vid"]);
        Assert.Equal(1UL, (await probe.PutInFragmentsAsync(node.Address, _key, largest))?["vid"]);
        Assert.Null(await probe.PutInFragmentsAsync(node.Address, _key, tooLarge));
        Assert.Equal(largest.Data, Assert.Single(await probe.GetAsync(node.Address, _key, ProbeOperations.Where(1, 1))).Data);
        Assert.Equal([usual.Id, 1UL], await probe.IdsAsync(node.Address, _key));
    }

    [Fact]
    public async Task Creation_in_the_past_counts_and_in_the_future_is_now()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.Equal("r", (await probe.PutAsync(node.Address, _key, TestValue.Of("old") with { Id = 1 }, now - 1200)).Kind);
        Assert.Equal("r", (await probe.PutAsync(node.Address, _key, TestValue.Of("future") with { Id = 2 }, now + 100_000)).Kind);
        Assert.Equal([2UL], await probe.IdsAsync(node.Address, _key));

        // Type 5 lives for a minute: created 57 s ago it has 3 s left, and with a creation time in the future no more than the minute.
        await probe.PutAsync(node.Address, _key, TestValue.Of("brief", type: 5) with { Id = 3 }, now - 56);
        Assert.Equal([2UL, 3UL], await probe.IdsAsync(node.Address, _key));
        await Bounded.UntilAsync(async () => (await probe.IdsAsync(node.Address, _key)).SequenceEqual([2UL]), TimeSpan.FromSeconds(60), "The value expires");
    }

    [Fact]
    public async Task A_service_announcement_gets_the_address_it_came_from()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] lie = [0x02, 0x00, 0x1e, 0x61, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        await probe.PutAsync(node.Address, _key, new TestValue { Type = 2, Data = MsgPack.Write(lie) });
        byte[] stored = (byte[])MsgPack.Read(Assert.Single(await probe.GetAsync(node.Address, _key)).Data)!;
        Assert.Equal([0x02, 0x00, 0x1e, 0x61, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], stored);

        byte[] portless = [0x02, 0x00, 0, 0, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        await probe.PutAsync(node.Address, _key, new TestValue { Type = 2, Data = MsgPack.Write(portless) });
        await probe.PutAsync(node.Address, _key, new TestValue { Type = 2, Data = [1, 2, 3] });
        Assert.Single(await probe.IdsAsync(node.Address, _key));
    }

    [Fact]
    public async Task An_unknown_type_is_stored_unverified_and_cannot_be_edited()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        using RSA key = RSA.Create(2048);
        TestValue forged = TestValue.Of("first", type: 0x4321).SignedBy(key, 0) with { Signature = new byte[256], Id = 5 };
        await probe.PutAsync(node.Address, _key, forged);
        Assert.Equal("first"u8.ToArray(), Assert.Single(await probe.GetAsync(node.Address, _key)).Data);
        await probe.PutAsync(node.Address, _key, (TestValue.Of("second", type: 0x4321) with { Id = 5 }).SignedBy(key, 1));
        Assert.Equal("first"u8.ToArray(), Assert.Single(await probe.GetAsync(node.Address, _key)).Data);
    }
}

using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Tokens and errors (wire specification, sections 2.9 and 3).</summary>
public sealed class TokenAndErrorTests
{
    private static readonly byte[] WrongToken = new byte[32];
    private readonly InfoHash _key = InfoHash.OfKey("tokens");

    [Fact]
    public async Task A_wrong_token_is_401_and_the_error_says_who_speaks()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        await probe.PutAsync(node.Address, _key, TestValue.Of("there"));
        byte[] key = Probe.Bytes(_key);
        foreach (byte[] token in (byte[][])[WrongToken, [], new byte[3]])
        {
            Packet put = await probe.AskAsync(node.Address, "put", ("h", key), ("values", new object[] { TestValue.Of("x").ToPack() }), ("token", token));
            Packet listen = await probe.AskAsync(node.Address, "listen", ("ve", 1), ("h", key), ("token", token), ("sid", 3));
            Packet refresh = await probe.AskAsync(node.Address, "refresh", ("h", key), ("vid", 1), ("token", token));
            Assert.All([put, listen, refresh], packet =>
            {
                Assert.Equal("e", packet.Kind);
                Assert.Equal(401, packet.ErrorCode);
                Assert.Equal(node.Id, packet.Id);
            });
        }

        Assert.Single(await probe.GetAsync(node.Address, _key));
    }

    [Fact]
    public async Task A_query_without_key_and_a_value_without_id_are_203()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        object[] values = [TestValue.Of("x").ToPack()];
        foreach (byte[]? key in (byte[]?[])[null, new byte[20]])
        {
            Assert.Equal(203, (await probe.AskAsync(node.Address, "get", ("h", key))).ErrorCode);
            Assert.Equal(203, (await probe.AskAsync(node.Address, "put", ("h", key), ("values", values), ("token", token))).ErrorCode);
            Assert.Equal(203, (await probe.AskAsync(node.Address, "listen", ("ve", 1), ("h", key), ("token", token), ("sid", 3))).ErrorCode);
        }

        object[] mixed = [TestValue.Of("kept").ToPack(), (TestValue.Of("lost") with { Id = 0 }).ToPack()];
        int from = probe.Count;
        uint t = probe.SendQuery(node.Address, "put", ("h", Probe.Bytes(_key)), ("values", mixed), ("token", token));
        Packet error = await probe.WaitAsync(from, packet => packet.Kind == "e" && packet.Transaction == t, Probe.AnswerTime, "An error");
        Assert.Equal(203, error.ErrorCode);
        Assert.Equal("kept"u8.ToArray(), Assert.Single(await probe.GetAsync(node.Address, _key)).Data);
    }

    [Fact]
    public async Task A_refresh_of_an_unknown_key_is_404_and_of_a_known_one_is_acknowledged()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);
        byte[] key = Probe.Bytes(_key);
        Assert.Equal(404, (await probe.AskAsync(node.Address, "refresh", ("h", key), ("vid", 1), ("token", token))).ErrorCode);
        TestValue value = TestValue.Of("known");
        await probe.PutAsync(node.Address, _key, value);
        Assert.Equal(value.Id, (await probe.AskAsync(node.Address, "refresh", ("h", key), ("vid", value.Id), ("token", token)))["vid"]);
        Assert.Equal(999UL, (await probe.AskAsync(node.Address, "refresh", ("h", key), ("vid", 999), ("token", token)))["vid"]);
    }

    [Fact]
    public async Task A_token_serves_every_key_of_one_address_and_no_other_port()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe owner = new(), other = new();
        byte[] token = await owner.TokenAsync(node.Address);
        Assert.InRange(token.Length, 1, WireLimits.TokenBytesMax);
        foreach (string key in (string[])["one", "two"])
        {
            Packet put = await owner.AskAsync(
                node.Address, "put", ("h", Probe.Bytes(InfoHash.OfKey(key))), ("values", new object[] { TestValue.Of("x").ToPack() }), ("token", token));
            Assert.Equal("r", put.Kind);
        }

        Packet refused = await other.AskAsync(
            node.Address, "put", ("h", Probe.Bytes(_key)), ("values", new object[] { TestValue.Of("x").ToPack() }), ("token", token));
        Assert.Equal(401, refused.ErrorCode);
    }

    [Fact]
    public async Task Find_and_get_always_carry_a_token()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        Assert.NotEmpty((await probe.AskAsync(node.Address, "find", ("target", Probe.Bytes(_key)))).Token);
        Assert.NotEmpty((await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)))).Token);
        await probe.PutAsync(node.Address, _key, TestValue.Of("x"));
        Assert.NotEmpty((await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)))).Token);
        Assert.NotEmpty((await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)), ("q", ProbeOperations.Select(1)))).Token);
    }
}

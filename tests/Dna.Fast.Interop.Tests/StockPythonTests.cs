using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Applications use the library, not dhtnode: the same through python3-opendht.</summary>
public sealed class StockPythonTests
{
    private const string Install = "apt-get install python3-opendht";

    // An identity of its own, a put, a get, a listener, and an end that says how it went.
    private const string Script = """
        import sys, time, threading, opendht as dht
        host, port = sys.argv[1], sys.argv[2]
        node = dht.DhtRunner()
        node.run(id=dht.Identity.generate("test"), port=0)
        node.bootstrap(host, port)
        key = dht.InfoHash.get("python")
        heard = threading.Event()
        token = node.listen(key, lambda value, expired: (heard.set() if value.data == b"from python" and not expired else None) or True)
        print("put", node.put(key, dht.Value(b"from python")), flush=True)
        print("heard", heard.wait(20), flush=True)
        print("got", sorted(value.data for value in node.get(key)), flush=True)
        node.cancelListen(token)
        node.join()
        """;

    [Fact]
    public async Task The_library_puts_gets_and_listens_with_us_as_its_network()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        InfoHash key = InfoHash.OfKey("python");
        await probe.PutAsync(node.Address, key, TestValue.Of("from a probe"));
        await using ChildProcess python = ChildProcess.Start(
            "/usr/bin/python3", ["-c", Script, node.Address.Address.ToString(), $"{node.Address.Port}"], Install);
        int? code = await python.WaitForExitAsync(TimeSpan.FromSeconds(60));
        string said = string.Join('\n', python.Output.Since(0));
        Assert.True(code == 0, $"exit {code}. {Install}?\n{said}\n{python.Errors.Tail()}");
        Assert.Contains("put True", said);
        Assert.Contains("heard True", said);
        Assert.Contains("b'from a probe', b'from python'", said);
        Assert.Equal(2, (await probe.IdsAsync(node.Address, key)).Count);
    }
}

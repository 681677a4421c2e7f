using System.Text;
using Dna.Fast.Identity;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Kademlia;
using Dna.Fast.Tests.Shared;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Signed and encrypted values between stock nodes and our secure layer, both ways and with both sizes of keys.</summary>
public sealed class SecureLayerTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    public async Task What_a_stock_node_signs_and_encrypts_we_verify_and_decrypt(int bits)
    {
        using RsaIdentity ours = await NewIdentityAsync(bits);
        using var node = new LoopbackNode(ours);
        await using DhtNodeProcess stock = await StartStockAsync(node, bits);
        using SecurePermanentPut certificate = await node.Dht.PublishCertificateAsync(Deadline);
        Assert.Equal(SecurePutStatus.Acknowledged, certificate.FirstRound.Status);

        Assert.True(await stock.PutSignedAsync("signed", "mine"));
        VerifiedValue signed = Assert.Single((await node.Dht.GetAllAsync(InfoHash.OfKey("signed"), default, Deadline)).Values);
        Assert.Equal(("mine", "text/plain", (ushort)0), (Show(signed), signed.UserType, signed.Seq));
        Assert.Equal(stock.KeyId, signed.OwnerId);
        Assert.True(signed is { IsSigned: true, WasEncrypted: false });

        Assert.True(await stock.PutEncryptedAsync("encrypted", ours.KeyId, "secret"));
        VerifiedValue encrypted = Assert.Single((await node.Dht.GetAllAsync(InfoHash.OfKey("encrypted"), default, Deadline)).Values);
        Assert.Equal(("secret", "text/plain"), (Show(encrypted), encrypted.UserType));
        Assert.True(encrypted is { IsSigned: true, WasEncrypted: true });
        Assert.Equal(stock.KeyId, encrypted.OwnerId);
        Assert.Equal(ours.KeyId, encrypted.Recipient);
        Assert.Equal((1, 1, 0, 0), ((int)node.Dht.Figures.Verified, (int)node.Dht.Figures.Decrypted, (int)node.Dht.Figures.Forged, (int)node.Dht.Figures.Undecryptable));
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    public async Task What_we_sign_and_encrypt_a_stock_node_verifies_and_decrypts(int bits)
    {
        using RsaIdentity ours = await NewIdentityAsync(bits);
        using var node = new LoopbackNode(ours);
        await using DhtNodeProcess stock = await StartStockAsync(node, bits);

        // The stock node publishes its certificate when it is connected; it is the recipient.
        await Bounded.UntilAsync(async () => (await node.Dht.FindKeyAsync(KeyName.Of(stock.KeyId), Deadline)).Status == GetAnswerStatus.Found, Deadline, "the stock node's certificate is found");
        SecurePutAnswer first = await node.Dht.PutSignedAsync(InfoHash.OfKey("signed"), Text("first") with { Id = 42 }, Deadline);
        Assert.Equal((SecurePutStatus.Acknowledged, (ushort)0), (first.Status, first.Seq));
        string line = Assert.Single(await stock.GetAsync("signed"));
        Assert.Contains("signed (v0)", line);
        Assert.Contains("\"first\"", line);

        SecurePutAnswer second = await node.Dht.PutSignedAsync(InfoHash.OfKey("signed"), Text("second") with { Id = 42 }, Deadline);
        Assert.Equal((SecurePutStatus.Acknowledged, (ushort)1), (second.Status, second.Seq));
        await Bounded.UntilAsync(
            async () => (await stock.GetAsync("signed")).Any(shown => shown.Contains("signed (v1)", StringComparison.Ordinal) && shown.Contains("\"second\"", StringComparison.Ordinal)),
            Deadline, "the stock node shows the second version");

        SecurePutAnswer encrypted = await node.Dht.PutEncryptedAsync(InfoHash.OfKey("encrypted"), KeyName.Of(stock.KeyId), Text("secret"), Deadline);
        Assert.Equal(SecurePutStatus.Acknowledged, encrypted.Status);
        line = Assert.Single(await stock.GetAsync("encrypted"));
        Assert.Contains("decrypted", line);
        Assert.Contains("\"secret\"", line);
    }

    [Fact]
    public async Task An_identity_that_a_stock_node_saved_is_ours_and_one_that_we_saved_is_a_stock_nodes()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (string? password in (string?[])[null, "correct-horse"])
        {
            string theirs = _directory.File("theirs" + password);
            await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { SaveIdentity = theirs, Password = password });
            await stock.ExitAsync();

            // dhtnode lets others read its key: we say so instead of using it.
            Assert.Equal(IdentityFileStatus.OpenToOthers, RsaIdentityFiles.Load(theirs, password).Status);
            File.SetUnixFileMode(theirs + ".pem", UnixFileMode.UserRead | UnixFileMode.UserWrite);
            IdentityFileResult loaded = RsaIdentityFiles.Load(theirs, password);
            Assert.Equal((IdentityFileStatus.Ok, ""), (loaded.Status, loaded.Message));
            using RsaIdentity identity = loaded.Identity!;
            Assert.Equal((stock.KeyId, 4096, 2), (identity.KeyId, identity.Bits, identity.Chain.Count));
        }

        // Without a password only: dhtnode 2.4.12 does not read even the encrypted key that it wrote itself.
        using RsaIdentity made = await NewIdentityAsync(2048);
        string ours = _directory.File("ours");
        Assert.Equal(IdentityFileStatus.Ok, RsaIdentityFiles.Save(ours, made, []).Status);
        await using DhtNodeProcess reader = await DhtNodeProcess.StartAsync(new() { IdentityFiles = ours });
        Assert.Equal(made.KeyId, reader.KeyId);
    }

    [Fact]
    public async Task A_stock_node_reads_what_an_identity_derived_from_a_seed_signs_and_what_it_deleted_is_empty()
    {
        using RsaIdentity derived = await RsaIdentity.DeriveAsync(new byte[32], 2048);
        using var node = new LoopbackNode(derived);
        await using DhtNodeProcess stock = await StartStockAsync(node, 2048);
        await node.Dht.PutSignedAsync(InfoHash.OfKey("derived"), Text("hello") with { Id = 9 }, Deadline);
        Assert.Contains("\"hello\"", Assert.Single(await stock.GetAsync("derived")));
        Assert.Equal(SecurePutStatus.Acknowledged, (await node.Dht.DeleteAsync(InfoHash.OfKey("derived"), 9, Deadline)).Status);
        await Bounded.UntilAsync(
            async () => !(await stock.GetAsync("derived")).Any(line => line.Contains("hello", StringComparison.Ordinal)), Deadline, "the deleted value is gone");
        SecureGetAnswer got = await node.Dht.GetAllAsync(InfoHash.OfKey("derived"), default, Deadline);
        Assert.Empty(got.Values);
        Assert.Equal(9UL, Assert.Single(got.Deleted).Id);
    }

    [Fact]
    public async Task A_listener_of_ours_hears_a_stock_nodes_signed_and_encrypted_values_verified()
    {
        using RsaIdentity ours = await NewIdentityAsync(2048);
        using var node = new LoopbackNode(ours);
        await using DhtNodeProcess stock = await StartStockAsync(node, 2048);
        using SecurePermanentPut certificate = await node.Dht.PublishCertificateAsync(Deadline);
        using var end = new CancellationTokenSource(Deadline);
        await using IAsyncEnumerator<SecureListenEvent> changes = node.Dht.ListenAsync(InfoHash.OfKey("heard"), default, end.Token).GetAsyncEnumerator(end.Token);
        ValueTask<bool> next = changes.MoveNextAsync();
        Assert.True(await stock.PutSignedAsync("heard", "openly"));
        Assert.True(await next);
        Assert.Equal(("openly", stock.KeyId, false), (Show(changes.Current.Value!), changes.Current.Value!.OwnerId, changes.Current.Value.WasEncrypted));
        Assert.True(await stock.PutEncryptedAsync("heard", ours.KeyId, "secretly"));
        do Assert.True(await changes.MoveNextAsync());
        while (changes.Current.Value is not { WasEncrypted: true });
        Assert.Equal(("secretly", stock.KeyId), (Show(changes.Current.Value!), changes.Current.Value!.OwnerId));
    }

    // An identity of its own; what it reads through the library's secure layer. Its first line is its key id; a line on its input lets it read.
    private const string Script = """
        import sys, opendht as dht
        node = dht.DhtRunner()
        identity = dht.Identity.generate("reader")
        node.run(id=identity, port=0)
        node.bootstrap(sys.argv[1], sys.argv[2])
        print("reader", node.getId().toString().decode(), flush=True)
        for line in sys.stdin:
            for value in node.get(dht.InfoHash.get(line.strip())):
                print("got", value.data.decode(), value.owner.getId().toString().decode() if value.owner else "nobody", value.recipient.toString().decode(), flush=True)
            print("end", flush=True)
        node.join()
        """;

    [Fact]
    public async Task Applications_of_the_library_read_what_we_sign_and_encrypt()
    {
        using RsaIdentity ours = await NewIdentityAsync(2048);
        using var node = new LoopbackNode(ours);
        await using ChildProcess python = ChildProcess.Start(
            "/usr/bin/python3", ["-c", Script, "127.0.0.1", $"{node.Address.Port}"], "apt-get install python3-opendht");
        string reader = (await SaidAsync("reader ")).Split(' ')[1];
        Assert.True(KeyName.TryParse(reader, out KeyName recipient));
        await Bounded.UntilAsync(async () => (await node.Dht.FindKeyAsync(recipient, Deadline)).Status == GetAnswerStatus.Found, Deadline, "the library's certificate is found");
        Assert.Equal(SecurePutStatus.Acknowledged, (await node.Dht.PutSignedAsync(InfoHash.OfKey("open"), Text("hello"), Deadline)).Status);
        Assert.Equal(SecurePutStatus.Acknowledged, (await node.Dht.PutEncryptedAsync(InfoHash.OfKey("closed"), recipient, Text("secret"), Deadline)).Status);
        python.WriteLine("open");
        Assert.StartsWith($"got hello {ours.KeyId} ", await SaidAsync("got hello"), StringComparison.Ordinal);
        python.WriteLine("closed");
        Assert.Equal($"got secret {ours.KeyId} {reader}", await SaidAsync("got secret"));

        async Task<string> SaidAsync(string start) =>
            (await python.Output.WaitAsync(0, line => line.StartsWith(start, StringComparison.Ordinal), Deadline))?.Line
            ?? throw new InvalidOperationException($"python did not say '{start}':\n{python.Output.Tail()}\n{python.Errors.Tail()}");
    }

    private async Task<DhtNodeProcess> StartStockAsync(LoopbackNode network, int bits)
    {
        string files = _directory.File($"stock{bits}");
        using RsaIdentity identity = await NewIdentityAsync(bits);
        Assert.Equal(IdentityFileStatus.Ok, RsaIdentityFiles.Save(files, identity, []).Status);
        DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = network.Address.ToString(), IdentityFiles = files });
        await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(network.Node.Id), Deadline, "the stock node knows ours");
        return stock;
    }

    private static Task<RsaIdentity> NewIdentityAsync(int bits) => RsaIdentity.GenerateAsync(bits, CertificateForm.Stock, TimeProvider.System);

    private static NewSecureValue Text(string text) => new() { Data = Encoding.UTF8.GetBytes(text), UserType = "text/plain" };

    private static string Show(VerifiedValue value) => Encoding.UTF8.GetString(value.Data.Span);
}

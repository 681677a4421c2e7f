using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>What is below the rows of section 9.5, asked of the published binary: TLS, token, limits and pages of the web.</summary>
public sealed class ProxyTransportTests
{
    private const string Token = "a-token-of-the-test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task TLS_12_and_13_are_spoken_with_the_certificate_of_the_file_and_11_is_refused_by_us()
    {
        using var directory = new TestDirectory();
        await using DnaProcess node = await StartAsync(directory, $"certificate = \"{directory.File("proxy.crt")}\"\nkey = \"{directory.File("proxy.key")}\"\n");
        string url = (await node.StatusAsync()).GetProperty("proxy")[0].GetString()!;
        Assert.StartsWith("https://127.0.0.1:", url, StringComparison.Ordinal);
        foreach (string version in (string[])["1.2", "1.3"])
        {
            CurlAnswer answer = await Curl.AskAsync(url + "/node/info", "--cacert", directory.File("proxy.crt"), "--tlsv" + version, "--tls-max", version);
            Assert.Equal((200, node.Id.ToString()), (answer.Status, answer.Json.GetProperty("node_id").GetString()));
        }

        // The client would speak it: what refuses is the other side, and it says why.
        await using ChildProcess old = ChildProcess.Start(
            "openssl", ["s_client", "-connect", url["https://".Length..], "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "apt-get install openssl");
        old.CloseInput();
        Assert.NotNull(await old.WaitForExitAsync(Patience));
        Assert.Contains("alert protocol version", old.Errors.Tail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_asked_for_and_a_browser_may_ask_before_it_sends_it()
    {
        using var directory = new TestDirectory();
        await using DnaProcess node = await StartAsync(directory, $"token = \"{Token}\"\norigins = \"https://app.example.org\"\n");
        string url = (await node.StatusAsync()).GetProperty("proxy")[0].GetString()!;
        CurlAnswer refused = await Curl.AskAsync(url + "/node/info"), wrong = await Curl.AskAsync(url + "/node/info", "-H", $"Authorization: Bearer {Token}x");
        Assert.Equal((401, 401, "Bearer"), (refused.Status, wrong.Status, refused.Headers["www-authenticate"]));
        Assert.Equal(200, (await Curl.AskAsync(url + "/node/info", "-H", $"Authorization: Bearer {Token}")).Status);
        CurlAnswer preflight = await Curl.AskAsync(
            url + "/key/word", "-X", "OPTIONS", "-H", "Origin: https://app.example.org", "-H", "Access-Control-Request-Method: POST", "-H", "Access-Control-Request-Headers: authorization");
        Assert.Equal((200, "https://app.example.org"), (preflight.Status, preflight.Headers["access-control-allow-origin"]));
        Assert.Contains("authorization", preflight.Headers["access-control-allow-headers"], StringComparison.Ordinal);
        Assert.DoesNotContain("access-control-allow-origin", (await Curl.AskAsync(url + "/key/word", "-X", "OPTIONS", "-H", "Origin: https://evil.example.org")).Headers.Keys);
    }

    [Fact]
    public async Task Bodies_heads_and_streams_have_limits()
    {
        using var directory = new TestDirectory();
        await using DnaProcess node = await StartAsync(directory, "listens = 0\n");
        string url = (await node.StatusAsync()).GetProperty("proxy")[0].GetString()!;
        string body = directory.File("body");
        await File.WriteAllTextAsync(body, new string('x', 300_000));
        Assert.Equal(413, (await Curl.AskAsync(url + "/key/word", "--data-binary", "@" + body)).Status);
        Assert.Equal(431, (await Curl.AskAsync(url + "/key/word", "-H", "X: " + new string('x', 40_000))).Status);
        CurlAnswer listen = await Curl.AskAsync(url + "/key/word/listen");
        Assert.Equal((503, "too many listen streams"), (listen.Status, listen.Json.GetProperty("err").GetString()));
    }

    [Fact]
    public async Task Who_asks_faster_than_it_may_is_told_when_to_come_again()
    {
        using var directory = new TestDirectory();
        await using DnaProcess node = await StartAsync(directory, "requests_per_source = 2\n");
        string url = (await node.StatusAsync()).GetProperty("proxy")[0].GetString()!;
        await using ChildProcess curl = ChildProcess.Start(
            "curl", ["-s", "-S", "-m", "60", "-w", "%{http_code} %header{retry-after}\\n", "-o", directory.File("answer"), url + "/node/info?[1-200]"], "apt-get install curl");
        curl.CloseInput();
        Assert.Equal(0, await curl.WaitForExitAsync(Patience));
        IReadOnlyList<string> statuses = curl.Output.Since(0);
        Assert.Equal(200, statuses.Count);
        Assert.Equal(["200 ", "429 1"], statuses.Distinct().Order());
    }

    /// <summary>Strangers' connections leave the store its files.</summary>
    [Fact]
    public async Task With_few_descriptors_most_connections_are_refused_and_the_node_stores_on()
    {
        const int May = 300, Opened = 400;
        using var directory = new TestDirectory();
        await using DnaProcess node = await StartAsync(directory, "listens_per_source = 0\n", ["--http", "127.0.0.1:0"], "prlimit", $"--nofile=64:{May}", "--");
        JsonElement status = await node.StatusAsync();
        IPEndPoint proxy = IPEndPoint.Parse(status.GetProperty("proxy")[0].GetString()!["http://".Length..]);
        var idle = new List<TcpClient>();
        try
        {
            for (int i = 0; i < Opened; i++) await OpenAsync(idle, proxy);
            string figures = "";
            await Bounded.UntilAsync(
                async () =>
                {
                    figures = string.Join('\n', (await Curl.AskAsync(status.GetProperty("http")[0].GetString() + "/metrics")).Lines);
                    return figures.Contains($"dna_proxy_refused_total{{reason=\"connections\"}} {Opened - (May / 2)}\n", StringComparison.Ordinal);
                },
                Patience, "As many refusals as connections beyond the half");
            Assert.Contains($"dna_proxy_connections {May / 2}\n", figures, StringComparison.Ordinal);
            await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString() });
            await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(node.Id), Patience, "To be known");
            Assert.True((await stock.PutAsync("word", "x")).Done);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }

        Assert.DoesNotContain("Too many open files", node.Errors.Tail(), StringComparison.Ordinal);
    }

    private static async Task OpenAsync(List<TcpClient> connections, IPEndPoint to)
    {
        var connection = new TcpClient();
        connections.Add(connection);
        try
        {
            await connection.ConnectAsync(to);
        }
        catch (SocketException)
        {
            // Closed before it was ours to see.
        }
    }

    private static async Task<DnaProcess> StartAsync(TestDirectory directory, string settings, IReadOnlyList<string>? more = null, params string[] prefix)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=proxy", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(directory.File("proxy.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(directory.File("proxy.key"), key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory.File("proxy.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(directory.File("dna.toml"), "[proxy]\nlisten = [\"127.0.0.1:0\"]\n" + settings);
        // It may hold a secret.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory.File("dna.toml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await DnaProcess.StartAsync(new() { More = ["--config", directory.File("dna.toml"), .. more ?? []], Prefix = prefix });
    }
}

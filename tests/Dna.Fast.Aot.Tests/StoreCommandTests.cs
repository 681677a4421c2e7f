using System.Runtime.Versioning;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Aot.Tests;

/// <summary><c>dna store</c>, beside running nodes and without any.</summary>
[SupportedOSPlatform("linux")]
public sealed class StoreCommandTests : IDisposable
{
    private const int Values = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_running_node_exports_a_stopped_store_imports_and_the_other_way_round()
    {
        string first = _folder.File("first.dnax"), second = _folder.File("second.dnax");
        List<(InfoHash Key, byte[] Packed)> put;
        await using (DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = _folder.File("one") }))
        {
            put = Fill(node);
            CommandResult export = await DnaCommand.SucceedAsync("store", "export", first, "--data", node.Data, "--json");
            Assert.Equal(Values, JsonDocument.Parse(export.Text).RootElement.GetProperty("values").GetInt32());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(first));
        }

        AssertSame(put, ExportFile.Read(first));
        await DnaCommand.SucceedAsync("store", "check", "--file", first);
        CommandResult import = await DnaCommand.SucceedAsync("store", "import", first, "--data", _folder.File("two"), "--json");
        Assert.Equal(Values, JsonDocument.Parse(import.Text).RootElement.GetProperty("imported").GetInt32());
        await DnaCommand.SucceedAsync("store", "export", second, "--data", _folder.File("two"));
        AssertSame(put, ExportFile.Read(second));

        await using DnaProcess other = await DnaProcess.StartAsync();
        await DnaCommand.SucceedAsync("store", "import", second, "--data", other.Data);
        using var reader = new PutLoad(other.Address, new Random(2));
        foreach ((InfoHash key, byte[] packed) in put) Assert.Equal(packed, Assert.Single(reader.Get(key)));
    }

    [Fact]
    public async Task A_damaged_or_cut_export_is_told_and_what_is_in_front_of_the_damage_is_imported()
    {
        string whole = _folder.File("whole.dnax"), bad = _folder.File("bad.dnax"), data = _folder.File("data");
        await using (DnaProcess node = await DnaProcess.StartAsync())
        {
            Fill(node);
            await DnaCommand.SucceedAsync("store", "export", whole, "--data", node.Data);
        }

        byte[] bytes = await File.ReadAllBytesAsync(whole);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(bad, bytes);
        CommandResult damaged = await DnaCommand.RunAsync("store", "import", bad, "--data", data, "--json");
        Assert.Equal(1, damaged.ExitCode);
        JsonElement report = JsonDocument.Parse(damaged.Text).RootElement;
        Assert.Contains("is damaged", report.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.InRange(report.GetProperty("imported").GetInt32(), 1, Values - 1);
        Assert.Equal(1, (await DnaCommand.RunAsync("store", "check", "--file", bad)).ExitCode);

        await File.WriteAllBytesAsync(bad, bytes[..(bytes.Length / 3)]);
        CommandResult cut = await DnaCommand.RunAsync("store", "import", bad, "--data", data);
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains(cut.Errors, line => line.Contains("was cut", StringComparison.Ordinal));
        await File.WriteAllTextAsync(bad, "something else altogether, and longer than a header");
        Assert.Contains((await DnaCommand.RunAsync("store", "import", bad, "--data", data)).Errors, line => line.Contains("no export", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forged_value_is_not_imported()
    {
        string whole = _folder.File("forged.dnax");
        byte[] record = ExportFile.Record(1);
        // The slot says another id than the value, behind a right checksum.
        await File.WriteAllBytesAsync(whole, [.. ExportFile.Header(), .. ExportFile.WithOtherId(record)]);
        CommandResult import = await DnaCommand.RunAsync("store", "import", whole, "--data", _folder.File("data"), "--json");
        Assert.Equal(1, JsonDocument.Parse(import.Text).RootElement.GetProperty("refused").GetInt32());
        Assert.Equal(0, JsonDocument.Parse(import.Text).RootElement.GetProperty("imported").GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_import_that_is_killed_keeps_what_it_said_and_what_was_there(bool intoNode)
    {
        string data = _folder.File("data"), pipe = _folder.File("pipe");
        List<(InfoHash Key, byte[] Packed)> before;
        await using (DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data })) before = Fill(node);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync();
        int told;
        await using (DnaProcess? node = intoNode ? await DnaProcess.StartAsync(new DnaOptions { Data = data }) : null)
        {
            await using ChildProcess import = DnaBinary.Start(["store", "import", pipe, "--data", data, "--json"]);
            Task<string?> progress = import.Errors.WaitAsync(0, line => line.Contains("\"imported\"", StringComparison.Ordinal), Patience).ContinueWith(line => line.Result?.Line);
            Task feeding = Task.Factory.StartNew(() => Feed(pipe, progress), TaskCreationOptions.LongRunning);
            string line = Assert.IsType<string>(await progress);
            if (node is not null) await node.StopAsync("KILL");
            else import.KillNow();
            told = JsonDocument.Parse(line).RootElement.GetProperty("imported").GetInt32();
            Assert.NotNull(await import.WaitForExitAsync(Patience));
            await feeding.WaitAsync(Patience);
        }

        Assert.True(told > 0);
        await using DnaProcess again = await DnaProcess.StartAsync(new DnaOptions { Data = data });
        Assert.True(again.Values >= told + before.Count, $"{again.Values} values, {told} were said to be imported, {before.Count} were there");
        using var reader = new PutLoad(again.Address, new Random(3));
        foreach ((InfoHash key, byte[] packed) in before) Assert.Equal(packed, Assert.Single(reader.Get(key)));
        for (int n = 0; n < told; n += Math.Max(1, told / 100)) Assert.Single(reader.Get(ExportFile.KeyOf(n)));
        await DnaCommand.SucceedAsync("store", "check", "--data", data);
    }

    [Fact]
    public async Task Damage_on_the_disk_is_found_by_check()
    {
        string data = _folder.File("data");
        await using (DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data }))
        {
            Fill(node);
            await DnaCommand.SucceedAsync("store", "check", "--data", data, "--signatures", "--json");
            await DnaCommand.SucceedAsync("store", "compact", "--data", data, "--json");
            Assert.Equal(0, await node.StopAsync());
        }

        await DnaCommand.SucceedAsync("store", "check", "--data", data);
        string log = Directory.GetFiles(Path.Combine(data, "store"), "*", SearchOption.TopDirectoryOnly).Where(file => Path.GetFileName(file).StartsWith("values", StringComparison.Ordinal)).MaxBy(file => new FileInfo(file).Length)!;
        byte[] bytes = await File.ReadAllBytesAsync(log);
        for (int at = 2_000; at < 20_000; at += 3_000) bytes[at] ^= 0x55;
        await File.WriteAllBytesAsync(log, bytes);
        CommandResult check = await DnaCommand.RunAsync("store", "check", "--data", data, "--json");
        Assert.Equal(1, check.ExitCode);
        Assert.True(JsonDocument.Parse(check.Text).RootElement.GetProperty("damaged").GetInt32() > 0);
    }

    [Fact]
    public async Task Inspect_says_who_uses_the_space_and_what_lies_under_a_key()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        string at = node.Address.ToString();
        string large = new('x', 5_000);
        await DnaCommand.SucceedAsync("put", "heavy", large, "--id", "1f", "--type", "7d", "-b", at);
        await DnaCommand.SucceedAsync("put", "light", "x", "-b", at);
        JsonElement all = JsonDocument.Parse((await DnaCommand.SucceedAsync("store", "inspect", "--data", node.Data, "--json")).Text).RootElement;
        Assert.Equal(2, all.GetProperty("values").GetInt32());
        Assert.Equal(InfoHash.OfKey("heavy").ToString(), all.GetProperty("keys")[0].GetProperty("name").GetString());
        Assert.Equal("unsigned", Assert.Single(all.GetProperty("owners").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("127.0.0.1", Assert.Single(all.GetProperty("sources").EnumerateArray()).GetProperty("name").GetString());
        Assert.False(all.TryGetProperty("done", out _));
        Assert.Equal(0, await node.StopAsync());

        // The same of the store alone.
        JsonElement one = JsonDocument.Parse((await DnaCommand.SucceedAsync("store", "inspect", "heavy", "--data", node.Data, "--json")).Text).RootElement;
        JsonElement value = Assert.Single(one.GetProperty("under_key").EnumerateArray());
        Assert.Equal("1f", value.GetProperty("id").GetString());
        Assert.True(value.GetProperty("bytes").GetInt32() > large.Length);
        Assert.Contains("values under", (await DnaCommand.SucceedAsync("store", "inspect", "heavy", "--data", node.Data)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_store_they_end_with_4_and_make_none()
    {
        string data = _folder.File("nothing");
        foreach (string command in (string[])["inspect", "check", "compact"]) Assert.Equal(4, (await DnaCommand.RunAsync("store", command, "--data", data)).ExitCode);
        Assert.Equal(4, (await DnaCommand.RunAsync("store", "export", _folder.File("out"), "--data", data)).ExitCode);
        Assert.Equal(1, (await DnaCommand.RunAsync("store", "import", _folder.File("missing"), "--data", data)).ExitCode);
        Assert.False(Directory.Exists(data));
        Assert.Empty(Directory.GetFiles(_folder.FullName, "out*"));
    }

    private static List<(InfoHash Key, byte[] Packed)> Fill(DnaProcess node)
    {
        using var load = new PutLoad(node.Address, new Random(1));
        load.PutAll(Values);
        return [.. load.Acknowledged];
    }

    private static void AssertSame(IEnumerable<(InfoHash Key, byte[] Packed)> expected, IEnumerable<(InfoHash Key, byte[] Packed)> actual) => Assert.Equal(
        expected.Select(value => $"{value.Key} {Convert.ToHexString(value.Packed)}").Order(StringComparer.Ordinal),
        actual.Select(value => $"{value.Key} {Convert.ToHexString(value.Packed)}").Order(StringComparer.Ordinal));

    // More and more records, until the import has told its progress; whoever read them was killed then.
    private static void Feed(string pipe, Task enough)
    {
        try
        {
            using var to = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1 << 16);
            to.Write(ExportFile.Header());
            for (int n = 0; !enough.IsCompleted; n++) to.Write(ExportFile.Record(n));
        }
        catch (IOException)
        {
            // Nobody reads any longer.
        }
    }
}

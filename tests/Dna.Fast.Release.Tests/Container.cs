using System.Text.Json;
using System.Text.Json.Nodes;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>A container of the released image, run by runc: read-only, no capability, its own user, 128 MiB; on this machine's network.</summary>
internal sealed class Container : IAsyncDisposable
{
    /// <summary>What the image has to do with.</summary>
    public const long MemoryBytes = 128 << 20;

    private readonly TestDirectory _directory = new();
    private readonly string _name = "dna-test-" + Path.GetRandomFileName();
    private JsonNode _image = null!;

    public string Root => _directory.File("bundle/rootfs");

    /// <summary>In front of runc, which does not do without groups of processes: on a machine that shows none, they are shown to runc alone.</summary>
    private static readonly string[] Shown = Directory.Exists("/sys/fs/cgroup") && Directory.EnumerateFileSystemEntries("/sys/fs/cgroup").Any()
        ? []
        : ["unshare", "--mount", "sh", "-c", "mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec \"$@\"", "sh"];

    /// <summary>True where this machine lets a group of processes be held to an amount of memory; where not, the test holds it to what it used.</summary>
    public static bool HasMemoryGroups { get; } = File.Exists("/sys/fs/cgroup/memory/memory.limit_in_bytes")
        || (File.Exists("/sys/fs/cgroup/cgroup.controllers") && File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Contains("memory", StringComparison.Ordinal));

    /// <summary>Unpacks the image of an architecture as runtimes do: by its index, manifest, configuration and layer.</summary>
    public static async Task<Container> UnpackAsync(string architecture = "amd64")
    {
        var container = new Container();
        string layout = container._directory.File("layout");
        await Tool.BashAsync("""mkdir -p "$2" "$3" && tar -xf "$1" -C "$2" """, Released.Image, layout, container.Root);
        JsonNode Blob(JsonNode descriptor) =>
            JsonNode.Parse(File.ReadAllText(Path.Combine(layout, "blobs", "sha256", descriptor["digest"]!.GetValue<string>()["sha256:".Length..])))!;
        JsonNode index = Blob(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "index.json")))!["manifests"]![0]!);
        JsonNode manifest = Blob(index["manifests"]!.AsArray().Single(item => item!["platform"]!["architecture"]!.GetValue<string>() == architecture)!);
        container._image = Blob(manifest["config"]!)["config"]!;
        string layer = manifest["layers"]!.AsArray().Single()!["digest"]!.GetValue<string>()["sha256:".Length..];
        await Tool.BashAsync("""tar -xzf "$1" --same-owner --numeric-owner -C "$2" """, Path.Combine(layout, "blobs", "sha256", layer), container.Root);
        return container;
    }

    /// <summary>Runs the image's own command with further words behind it.</summary>
    public async Task<ReleasedNode> RunAsync(params string[] more)
    {
        string bundle = _directory.File("bundle");
        await File.WriteAllTextAsync(Path.Combine(bundle, "config.json"), Specification([.. Words("Entrypoint"), .. Words("Cmd"), .. more]).ToJsonString());
        return await ReleasedNode.StartAsync(Runc("run", "--bundle", bundle, _name));
    }

    /// <summary>Runs the image's own health check inside it.</summary>
    public Task<Ended> CheckHealthAsync()
    {
        string[] test = [.. _image["Healthcheck"]!["Test"]!.AsArray().Select(word => word!.GetValue<string>())];
        Assert.Equal("CMD", test[0]);
        return Tool.RunAsync(Runc(["exec", "--cwd", "/", _name, .. test[1..]]));
    }

    /// <summary>What the kernel says of the first process in it (<c>/proc/N/status</c>).</summary>
    public async Task<Dictionary<string, string>> StatusAsync()
    {
        Ended state = await Tool.SucceedAsync(Runc("state", _name));
        int id = JsonDocument.Parse(state.Text).RootElement.GetProperty("pid").GetInt32();
        return (await File.ReadAllLinesAsync($"/proc/{id}/status")).Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1].Trim());
    }

    public async ValueTask DisposeAsync()
    {
        await Tool.RunAsync(Runc("delete", "--force", _name));
        _directory.Dispose();
    }

    private string[] Runc(params string[] words) => [.. Shown, "runc", "--root", _directory.File("runc"), .. words];

    private string[] Words(string name) => [.. _image[name]!.AsArray().Select(word => word!.GetValue<string>())];

    private JsonObject Specification(string[] command)
    {
        int[] user = [.. _image["User"]!.GetValue<string>().Split(':').Select(int.Parse)];
        string state = _directory.File("state");
        Directory.CreateDirectory(state);
        using (var owner = System.Diagnostics.Process.Start("/bin/chown", [$"{user[0]}:{user[1]}", state])) owner.WaitForExit();
        File.SetUnixFileMode(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var specification = new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject { ["path"] = "rootfs", ["readonly"] = true },
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = user[0], ["gid"] = user[1] },
                ["args"] = new JsonArray([.. command.Select(word => (JsonNode)word)]),
                ["env"] = _image["Env"]!.DeepClone(),
                ["cwd"] = "/",
                ["noNewPrivileges"] = true,
                ["capabilities"] = new JsonObject(),
            },
            ["mounts"] = new JsonArray(
                new JsonObject { ["destination"] = "/proc", ["type"] = "proc", ["source"] = "proc" },
                new JsonObject { ["destination"] = "/var/lib/dna", ["type"] = "bind", ["source"] = state, ["options"] = new JsonArray("bind", "rw", "nosuid", "nodev", "noexec") }),
            ["linux"] = new JsonObject
            {
                ["namespaces"] = new JsonArray([.. ((string[])["pid", "ipc", "uts", "mount"]).Select(kind => new JsonObject { ["type"] = kind })]),
            },
        };
        if (HasMemoryGroups) specification["linux"]!["resources"] = new JsonObject { ["memory"] = new JsonObject { ["limit"] = MemoryBytes, ["swap"] = MemoryBytes } };
        return specification;
    }
}

using System.Globalization;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests.Kit;

/// <summary>A few machines on a switch of their own: namespaces for network, mounts and processes, files that are those of this machine with all changes kept in memory.</summary>
/// <remarks>
/// Nothing is made in this machine's own network, nothing is written to its file system but for one temporary folder, and all of it ends with the processes that hold it: also when the test
/// is ended by force. Needs root.
/// </remarks>
internal sealed class Lab : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestDirectory _directory = new();
    private readonly Dictionary<string, ChildProcess> _machines = [];
    private ChildProcess? _switch;

    private Lab()
    {
    }

    /// <summary>What the scripts are given as <c>--via</c>.</summary>
    public string Via => Enter + " {host}";

    /// <summary>What runs a command on a machine: its name and the command come behind it.</summary>
    public string Enter => $"{Tool("enter")} {_directory.FullName}";

    /// <summary>What stands for systemctl on the machines.</summary>
    public static string ServiceCommand => Tool("service");

    /// <summary>A file of the test, which the machines see under the same name.</summary>
    public string File(string name) => _directory.File(name);

    /// <param name="names">Of the machines; the n-th one has the address 10.77.0.n. One alone has no network but its loopback.</param>
    public static async Task<Lab> StartAsync(params string[] names)
    {
        if (Environment.UserName != "root") Assert.Skip("machines of namespaces need root");
        var lab = new Lab();
        try
        {
            await Task.WhenAll(names.Select(lab.StartMachineAsync));
            if (names.Length > 1) await lab.ConnectAsync(names);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>One machine alone, whose first process is a real systemd.</summary>
    /// <returns>Null where this machine's kernel, or what it runs in, lets none start, or lets it restrict no service.</returns>
    public static async Task<Lab?> BootAsync(string name)
    {
        if (Environment.UserName != "root") Assert.Skip("machines of namespaces need root");
        var lab = new Lab();
        ChildProcess machine = ChildProcess.Start(
            "unshare",
            ["--net", "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--fork", "--kill-child", Tool("boot"), lab._directory.File(name), Repository.Root, lab._directory.FullName],
            "apt-get install util-linux iproute2 systemd");
        lab._machines.Add(name, machine);
        if (await machine.Output.WaitAsync(0, line => line == "ready", Patience) is not null && (await lab.OnAsync(name, SystemdWorks)).Code == 0) return lab;
        await lab.DisposeAsync();
        return null;
    }

    /// <summary>It is up, and runs a service under the kinds of restrictions our unit has.</summary>
    private const string SystemdWorks =
        "for i in $(seq 60); do case \"$(systemctl is-system-running 2>/dev/null)\" in running | degraded) break ;; esac; sleep 1; done; " +
        "mkdir -p /run/systemd/system && printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\nPrivateUsers=yes\\nProtectSystem=strict\\nPrivateTmp=yes\\nPrivateDevices=yes\\n" +
        "PrivateIPC=yes\\nProcSubset=pid\\nProtectProc=invisible\\nMemoryDenyWriteExecute=yes\\n' >/run/systemd/system/probe.service && systemctl daemon-reload && exec timeout 60 systemctl start probe";

    public static string AddressOf(int number) => "10.77.0." + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs a shell script on a machine, to its end.</summary>
    public Task<Ended> OnAsync(string machine, string script) => Ended.RunAsync(Tool("enter"), _directory.FullName, machine, script);

    /// <summary>Runs a shell script on a machine; it must succeed.</summary>
    /// <returns>What it wrote, without the last line's end.</returns>
    public async Task<string> SucceedOnAsync(string machine, string script)
    {
        Ended ended = await OnAsync(machine, script);
        return ended.Code == 0 ? ended.Text : throw new InvalidOperationException($"{machine}: {script}\n{ended}");
    }

    public async ValueTask DisposeAsync()
    {
        // A machine's first process goes with the one that holds it, and everything on it with that.
        foreach (ChildProcess machine in _machines.Values) await machine.DisposeAsync();
        if (_switch is not null) await _switch.DisposeAsync();
        _directory.Dispose();
    }

    private static string Tool(string name) => Path.Combine(Repository.Root, "tests", "Dna.Fast.Deploy.Tests", "Lab", name);

    private async Task StartMachineAsync(string name)
    {
        ChildProcess machine = ChildProcess.Start(
            "unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", Tool("machine"), _directory.File(name), Repository.Root, _directory.FullName], "apt-get install util-linux iproute2");
        lock (_machines) _machines.Add(name, machine);
        if (await machine.Output.WaitAsync(0, line => line == "ready", Patience) is null)
            throw new InvalidOperationException("No machine of namespaces here (mount, overlay and network namespaces are needed):\n" + machine.Errors.Tail());
    }

    private async Task ConnectAsync(string[] names)
    {
        _switch = ChildProcess.Start("unshare", ["--net", "sh", "-c", "ip link add lab0 type bridge && ip link set lab0 up && echo ready && exec cat"], "apt-get install util-linux iproute2");
        if (await _switch.Output.WaitAsync(0, line => line == "ready", Patience) is null) throw new InvalidOperationException("no switch: " + _switch.Errors.Tail());
        string at = _switch.Id.ToString(CultureInfo.InvariantCulture);
        for (int i = 1; i <= names.Length; i++)
        {
            string machine = (await System.IO.File.ReadAllTextAsync(_directory.File(names[i - 1]))).Trim();
            // Made inside the two namespaces at once: this machine's own network never sees either end.
            await MustAsync("ip", "link", "add", $"port{i}", "netns", at, "type", "veth", "peer", "name", "eth0", "netns", machine);
            await MustAsync("nsenter", "--target", at, "--net", "sh", "-c", $"ip link set port{i} master lab0 && ip link set port{i} up");
            await MustAsync("nsenter", "--target", machine, "--net", "sh", "-c", $"ip addr add {AddressOf(i)}/24 dev eth0 && ip link set eth0 up");
        }
    }

    private static async Task MustAsync(string program, params string[] arguments)
    {
        Ended ended = await Ended.RunAsync(program, arguments);
        if (ended.Code != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}\n{ended}");
    }
}

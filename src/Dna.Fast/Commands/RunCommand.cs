using System.CommandLine;
using System.Globalization;
using Dna.Fast.Hosting;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Commands;

/// <summary><c>dna run</c>: a node, until it is told to end.</summary>
internal static class RunCommand
{
    /// <summary>More packet threads than this only wait for each other's memory on the machines such nodes run on; whoever knows better says so.</summary>
    private const int WorkersDefaultMax = 4;

    private static readonly TextOption<int> Port = Texts.Option<int>(
        "--port", "UDP port; 0 takes a free one", "N", ("4000", HostPort.DefaultPort), TryPort, "a port from 0 to 65535");

    private static readonly Option<NodeAddress[]> Bind = Texts.ListOption<NodeAddress>(
        "--bind", [], "Addresses to listen on [default: all, IPv4 and IPv6]", "ADDR", TryBind);

    private static readonly Option<string> Data = StatusCommand.DataOption("Where the node keeps its values, its id and the nodes it knows");

    private static readonly Option<HostPort[]> Bootstrap = Texts.ListOption<HostPort>(
        "--bootstrap", ["-b"], "Nodes to join by; without any, this node starts a network", "HOST[:PORT]", HostPort.TryParse);

    private static readonly TextOption<uint> Network = ClientOptions.NetworkOption();

    private static readonly TextOption<long> Memory = Texts.Option<long>(
        "--memory", "Memory for values; more of them live on the disk", "SIZE", ("64MiB", 64L << 20), ByteSize.TryParse, "a size such as 64MiB");

    private static readonly TextOption<long> StoreLimit = Texts.Option<long>(
        "--store-limit", "Bytes of values at most; beyond it, those of the largest source leave first", "SIZE", ("1GiB", 1L << 30), ByteSize.TryParse, "a size such as 1GiB");

    private static readonly Option<string?> State = new("--state-file")
    {
        Description = "State file of a stock node (its -f): read at the start, written with the good nodes",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Discovery = new("--peer-discovery")
    {
        Description = "Find nodes on the local network by multicast, and be found",
    };

    private static readonly TextOption<RateLimits> RateLimit = Texts.Option<RateLimits>(
        "--rate-limit", "Requests a second: of all, and of one source (IPv4 address or IPv6 /64), or off", "GLOBAL[,PERSOURCE]|off",
        ("8192,1024", RateLimits.Stock), RateLimitText.TryParse, "GLOBAL, GLOBAL,PERSOURCE or off");

    private static readonly TextOption<int> Workers = Texts.Option<int>(
        "--workers", $"Packet threads [default: one per processor, {WorkersDefaultMax} at most]", "N", ("", Math.Min(Environment.ProcessorCount, WorkersDefaultMax)), TryWorkers, "a number from 1 to 64");

    private static readonly TextOption<LogLevel> Level = Texts.Option<LogLevel>(
        "--log-level", "trace, debug, info, warn, error or off", "L", ("info", LogLevel.Information), TryLevel, "trace, debug, info, warn, error or off");

    private static readonly TextOption<LogFormat> Format = Texts.Option<LogFormat>(
        "--log-format", "Log lines for people or for programs", "text|json", ("text", LogFormat.Text), TryFormat, "text or json");

    private static readonly TextOption<int> StatsInterval = Texts.Option<int>(
        "--stats-interval", "Seconds between statistics lines in the log; 0: none", "S", ("0", 0), TrySeconds, "a number of seconds");

    public static Command Create()
    {
        var command = new DnaCommand(
            "run",
            "Runs a node until it gets SIGTERM or SIGINT. When it serves, it says one line: ready udp=ADDR:PORT node=ID values=N",
            "dna run",
            "dna run --bootstrap bootstrap.example.org --data /var/lib/dna",
            "dna run --bind 127.0.0.1 --port 4001 -b 127.0.0.1:4000 --data ./second",
            "dna run --memory 256MiB --store-limit 10GiB --rate-limit 20000,500")
        {
            Port, Bind, Data, Bootstrap, Network, Memory, StoreLimit, RateLimit, Workers, State, Discovery, Level, Format, StatsInterval,
        };
        command.SetAction((result, _) => NodeHost.RunAsync(Read(result), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    internal static RunSettings Read(ParseResult result) => new()
    {
        Port = (ushort)Port.Read(result),
        Bind = result.GetValue(Bind) ?? [],
        DataDirectory = result.GetValue(Data)!,
        Bootstrap = result.GetValue(Bootstrap) ?? [],
        Network = Network.Read(result),
        MemoryBytes = Memory.Read(result),
        StoreBytes = StoreLimit.Read(result),
        RateLimits = RateLimit.Read(result),
        Workers = Workers.Read(result),
        StateFile = result.GetValue(State),
        PeerDiscovery = result.GetValue(Discovery),
        LogLevel = Level.Read(result),
        LogFormat = Format.Read(result),
        StatisticsInterval = TimeSpan.FromSeconds(StatsInterval.Read(result)),
    };

    internal static bool TryBind(string text, out NodeAddress address, out string? problem)
    {
        // A port behind one address would be ignored beside --port: refused instead.
        problem = NodeAddress.TryParse(text, 0, out address) && address.Port == 0 ? null : $"'{text}' is no address such as 192.0.2.1 or ::";
        return problem is null;
    }

    private static bool TryPort(string text, out int port) => TryNumber(text, 0, ushort.MaxValue, out port);

    private static bool TryWorkers(string text, out int workers) => TryNumber(text, 1, 64, out workers);

    // A day: longer intervals are a mistake in the unit.
    private static bool TrySeconds(string text, out int seconds) => TryNumber(text, 0, 86_400, out seconds);

    private static bool TryNumber(string text, int min, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;

    private static bool TryLevel(string text, out LogLevel level)
    {
        (bool isKnown, level) = text.ToUpperInvariant() switch
        {
            "TRACE" => (true, LogLevel.Trace),
            "DEBUG" => (true, LogLevel.Debug),
            "INFO" or "INFORMATION" => (true, LogLevel.Information),
            "WARN" or "WARNING" => (true, LogLevel.Warning),
            "ERROR" => (true, LogLevel.Error),
            "OFF" or "NONE" => (true, LogLevel.None),
            _ => (false, LogLevel.None),
        };
        return isKnown;
    }

    private static bool TryFormat(string text, out LogFormat format)
    {
        (bool isKnown, format) = text.ToUpperInvariant() switch
        {
            "TEXT" => (true, LogFormat.Text),
            "JSON" => (true, LogFormat.Json),
            _ => (false, LogFormat.Text),
        };
        return isKnown;
    }
}

using System.CommandLine;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>All commands of <c>dna-load</c>.</summary>
internal static class RootCommands
{
    public static int Run(string[] args)
    {
        ParseResult parsed = Create().Parse(args);
        if (parsed.Errors.Count == 0) return parsed.Invoke();
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"dna-load: {error.Message}");
        Console.Error.WriteLine($"          'dna-load {(parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ")}--help' lists what there is");
        return ExitCode.Usage;
    }

    public static RootCommand Create()
    {
        var root = new RootCommand(Examples.Append(
            "Puts load on an OpenDHT node, any implementation, and measures it: throughput, latency percentiles, losses, errors by kind, contents.",
            ["ping 127.0.0.1:4222", "get 127.0.0.1:4222 --keys 10000 --zipf 0.99 --json get.json --html get.html", "echo --port 4300"]));
        root.Subcommands.Add(LoadCommand.Create("ping", Mix.Only(RequestKind.Ping), "Pings: the cheapest query.",
            "ping 127.0.0.1:4222", "ping 127.0.0.1:4222 --rate 20000 --duration 30s",
                "ping 127.0.0.1:4222 --sockets 64 --sources 127.0.0.1-127.0.0.16"));
        root.Subcommands.Add(LoadCommand.Create("find", Mix.Only(RequestKind.Find), "Asks for the nodes closest to keys.",
            "find 127.0.0.1:4222", "find node.example.org --client --keys 100000 --rate 500"));
        root.Subcommands.Add(LoadCommand.Create("get", Mix.Only(RequestKind.Get),
            "Puts one value under each key, then reads them and checks every byte.",
            "get 127.0.0.1:4222 --keys 10000 --value-bytes 100", "get 127.0.0.1:4222 --keys 1000000 --zipf 0.99 --in-flight 256",
                "get 127.0.0.1:4222 --value-bytes 2000 --rate 5000"));
        root.Subcommands.Add(LoadCommand.Create("put", Mix.Only(RequestKind.Put), "Puts values: new ones, or with --again the loaded ones.",
            "put 127.0.0.1:4222 --keys 10000", "put 127.0.0.1:4222 --value-type 0x1001 --in-flight 64",
                "put 127.0.0.1:4222 --again --value-bytes 50-400"));
        root.Subcommands.Add(LoadCommand.Create("mixed", Mix.Usual, "All four queries, by shares.",
            "mixed 127.0.0.1:4222", "mixed 127.0.0.1:4222 --mix get=90,put=10 --rate 10000 --html mixed.html"));
        root.Subcommands.Add(ListenCommand.Create());
        root.Subcommands.Add(EchoCommand.Create());
        root.Subcommands.Add(CompareCommand.Create());
        root.Subcommands.Add(ScaleCommand.Create());
        return root;
    }
}

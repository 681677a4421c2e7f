using System.CommandLine;
using System.Net;
using Dna.Fast.LoadGen.Echo;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>The command <c>echo</c>.</summary>
internal static class EchoCommand
{
    public static Command Create()
    {
        Option<int> port = LoadOptionSet.Number("--port", 4222, 1, 65_535, "UDP port");
        Option<string> bind = new("--bind") { Description = "address to listen on", DefaultValueFactory = _ => "127.0.0.1" };
        Option<int> threads = LoadOptionSet.Number("--threads", 1, 1, 256, "threads, each with a socket of its own on the port");
        Option<int> nodes = LoadOptionSet.Number("--nodes", WireLimits.NodesMax, 0, WireLimits.NodesMax,
            "entries in the node lists of find and get replies");
        Option<int> valueBytes = LoadOptionSet.Number("--value-bytes", 100, 0, 500, "data bytes of the value in get replies");
        Option<int> replyBytes = LoadOptionSet.Number("--reply-bytes", 0, 0, 1400,
            "length of all replies, whatever is asked; 0: as a node's");
        var command = new Command("echo", Examples.Append(
            "The limit to compare with: a bare server that answers each query with a prepared reply of the size a node's would have. It receives and sends in\nbatches, copies the transaction id, and does nothing else.",
            ["echo --port 4222", "echo --port 4222 --threads 4 --value-bytes 200", "echo --port 4222 --nodes 0 --reply-bytes 300"]));
        foreach (Option option in new Option[] { port, bind, threads, nodes, valueBytes, replyBytes }) command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Guard.Run(() =>
        {
            if (!IPAddress.TryParse(parsed.GetValue(bind), out IPAddress? address))
            {
                throw LoadOptionSet.Unclear("--bind", parsed.GetValue(bind), "give an address of this machine, such as 127.0.0.1");
            }
            var replies = new EchoReplies(parsed.GetValue(nodes), parsed.GetValue(valueBytes), parsed.GetValue(replyBytes));
            using EchoServer server = EchoServer.Start(address, (ushort)parsed.GetValue(port), parsed.GetValue(threads), replies);
            Console.Error.WriteLine($"echo on {server.Address}; ends with Ctrl-C");
            stop.WaitHandle.WaitOne();
            return ExitCode.Ok;
        })));
        return command;
    }
}

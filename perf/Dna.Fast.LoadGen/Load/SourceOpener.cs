using System.Net;
using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>Opens the sockets of a session.</summary>
internal static class SourceOpener
{
    /// <summary>For datagrams of a whole window that arrive while the thread is busy.</summary>
    private const int BufferBytes = 4 << 20;

    public static List<Source> Open(LoadOptions options, EngineOptions engine, SplitMix random, out bool knowsSegments)
    {
        List<Source> sources = [];
        long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        knowsSegments = true;
        try
        {
            for (int i = 0; i < options.Sockets; i++)
            {
                NodeAddress local = options.SourceAddresses.Count > 0 ? options.SourceAddresses[i % options.SourceAddresses.Count]
                    : Any(options.Node);
                if (local.Family != options.Node.Family) throw LoadException.Usage($"source {local} and target {options.Node} are of different families", "give sources of the target's family");
                int error = UdpSocket.Open(local, options.Node, false, BufferBytes, out UdpSocket? socket);
                if (error != 0) throw Failure(error, local, options.Node);
                knowsSegments &= socket!.KnowsSegments();
                var self = new Sender(KeySpace.FarId(InfoHash.Zero, random), options.Network, true);
                sources.Add(new Source((uint)i, socket, self, new InFlightTable(1, random), engine.Sizes, created));
            }

            return sources;
        }
        catch
        {
            sources.ForEach(s => s.Dispose());
            throw;
        }
    }

    private static NodeAddress Any(in NodeAddress node) =>
        NodeAddress.From(new IPEndPoint(node.IsV4 ? IPAddress.Any : IPAddress.IPv6Any, 0));

    private static LoadException Failure(int error, in NodeAddress local, in NodeAddress node) => error switch
    {
        LibC.ErrorNetworkUnreachable or LibC.ErrorHostUnreachable =>
            new LoadException(ExitCode.Unreachable, $"no way to {node}: {LibC.Describe(error)}",
            "check the address and this machine's network"),
        LibC.ErrorNotAvailable =>
            LoadException.Usage($"the source address {local} is not one of this machine",
            "give addresses of this machine; on loopback any 127.x.y.z will do"),
        24 => LoadException.Usage("too many open sockets", "give fewer --sockets, or raise the limit with 'ulimit -n'"),
        _ => new LoadException(ExitCode.Failed, $"could not open a socket from {local} to {node}: {LibC.Describe(error)}",
            "check --sources and the machine's limits"),
    };
}

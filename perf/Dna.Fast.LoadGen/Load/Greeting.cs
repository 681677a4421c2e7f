using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Load;

/// <summary>The first ping, and what its failure means.</summary>
internal static class Greeting
{
    /// <summary>As often as a node sends a request before it gives up.</summary>
    private const int TriesMax = 3;

    /// <summary>Pings until the node answers; its id is known then.</summary>
    /// <exception cref="LoadException">It does not.</exception>
    public static void Greet(Session session, LoadOptions options)
    {
        if (TryPing(session, TriesMax, out Meter heard)) return;
        if (heard[Stray.Refused] > 0)
        {
            throw new LoadException(ExitCode.Unreachable, $"{options.Node} refuses: no program has this port open",
                "start the node, or check address and port");
        }

        if (heard[Stray.Malformed] > 0)
        {
            throw new LoadException(ExitCode.Unreachable, $"what answers at {options.Node} is no OpenDHT node: its datagrams cannot be decoded",
                "check address and port: another program has this one");
        }

        if (options.Network != 0 && AnswersInNetwork(session, 0))
        {
            throw new LoadException(ExitCode.Unreachable,
                $"{options.Node} does not answer in network {options.Network}, but it does in network 0",
                "leave --network out, or start the node with the network id you mean");
        }

        string network = options.Network == 0 ? "--network N, the id the node was started with"
            : $"another --network than {options.Network}";
        throw new LoadException(ExitCode.Unreachable, $"no answer from {options.Node}; its port is not known to be closed",
            $"a node drops datagrams of other networks without a word: give {network}; else check the address, firewalls and the node's rate limits");
    }

    private static bool AnswersInNetwork(Session session, uint network)
    {
        Source first = session.Sources[0];
        first.Become(first.Self with { Network = network });
        return TryPing(session, 1, out _);
    }

    /// <param name="heard">What came instead of an answer, at the last try.</param>
    private static bool TryPing(Session session, int tries, out Meter heard)
    {
        for (int i = 1; ; i++)
        {
            if (session.Probe(RequestKind.Ping, out heard) == Outcome.Ok) return true;
            if (i >= tries || heard[Stray.Refused] > 0) return false;
        }
    }
}

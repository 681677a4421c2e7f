using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests.Kit;

/// <summary>Short runs against a node of the test.</summary>
internal static class Runs
{
    public static LoadOptions Options(in NodeAddress node, RequestKind kind) => new()
    {
        Command = kind.ToString().ToLowerInvariant(),
        Node = node,
        Mix = Mix.Only(kind),
        Sockets = 4,
        Keys = 50,
        InFlight = 8,
        DurationNs = 400 * Clock.Millisecond,
        WarmUpNs = 100 * Clock.Millisecond,
        TimeoutNs = 3 * Clock.Second,
        SettleNs = 0,
    };

    public static RunResult Run(LoadOptions options)
    {
        using Session session = Session.Open(options, _ => { });
        session.Prepare(options);
        return LoadRunner.Run(session, options, new NoProgress(), CancellationToken.None);
    }

    public static long Count(this RunResult result, Outcome outcome) => result.Outcomes.GetValueOrDefault(Names.Of(outcome));

    public static long Count(this RunResult result, Stray stray) => result.Strays.GetValueOrDefault(Names.Of(stray));
}

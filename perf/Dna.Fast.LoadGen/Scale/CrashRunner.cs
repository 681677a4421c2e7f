using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Scale;

/// <summary>Kills a node amid puts, and looks for what it had acknowledged when it is back. One caller.</summary>
internal sealed class CrashRunner
{
    /// <summary>The closed loop is at its speed long before.</summary>
    private const long PutsBeforeKillNs = Clock.Second;

    /// <summary>A node that acknowledges nothing for so long will not.</summary>
    private const long PutsNsMax = 30 * Clock.Second;

    /// <summary>Puts that are read back: what a node acknowledges in some hundredths of a second, all of it just before the kill.</summary>
    private const int Remembered = 1024;

    private const long ReadBackNsMax = 60 * Clock.Second;

    private uint _nextKey = SteadyWorkload.PutKeysFrom;

    /// <summary>Puts in a closed loop and kills the node while it runs.</summary>
    /// <param name="options">Of puts.</param>
    /// <param name="acknowledged">Puts acknowledged before the kill, at least 1.</param>
    /// <returns>The latest of them.</returns>
    /// <exception cref="LoadException">The node acknowledged nothing, or ended by itself.</exception>
    public StoredValue[] KillAmidPuts(RivalProcess server, LoadOptions options, out long acknowledged)
    {
        using Session session = Session.Open(options, _ => { });
        session.Resize(Math.Max(1, options.InFlight / session.Sources.Count));
        var puts = new CrashPuts(_nextKey, Remembered);
        long start = Clock.NowNs();
        bool isKilled = false;
        Window window = Window.Unmeasured(start + PutsNsMax);
        session.Engines.Run(
            (engine, index) =>
            {
                if (index == 0) engine.Run(puts, Pace.Closed(), Session.NewMeter(options.Mix), window);
            },
            () =>
            {
                // On this thread, the loop on another: it still sends, and its requests are open.
                Thread.Sleep(1);
                if (isKilled || Clock.NowNs() < start + PutsBeforeKillNs || puts.Acknowledged == 0) return;
                isKilled = true;
                server.Kill();
                puts.Stop();
            });
        _nextKey = puts.NextKey;
        acknowledged = puts.Acknowledged;
        if (isKilled) return puts.Latest;
        throw new LoadException(ExitCode.Failed, $"nothing was acknowledged in {PutsNsMax / Clock.Second} s of puts, so there was nothing to kill amid",
            "try 'dna-load put' against the node");
    }

    /// <summary>Reads values back and compares every byte.</summary>
    /// <exception cref="LoadException">One is missing or another.</exception>
    public static void ReadBack(Session session, IReadOnlyCollection<StoredValue> values, string name)
    {
        var reading = new ReadBack(values);
        session.Resize(16);
        Window window = Window.Unmeasured(Clock.NowNs() + ReadBackNsMax);
        session.Engines.Run((engine, index) =>
        {
            if (index == 0) engine.Run(reading, Pace.Closed(), Session.NewMeter(Mix.Only(RequestKind.Get)), window);
        });
        if (reading.Right == values.Count) return;
        throw new LoadException(ExitCode.Failed,
            $"{name} lost {values.Count - reading.Right} of {values.Count} values that it had acknowledged just before a SIGKILL, or answers them wrongly ({Names.Of(reading.Fault)})",
            "this is a defect of the node: keep its directory and its log");
    }
}

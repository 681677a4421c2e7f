using Dna.Fast.LoadGen.Echo;
using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>Sockets, tokens and loaded values against one node; several runs may follow one another on it. One caller at a time.</summary>
internal sealed class Session : IDisposable
{
    private readonly SplitMix _random;
    private readonly EngineOptions _engineOptions;
    private readonly List<Source> _sources;
    private readonly Action<string> _say;

    private Session(LoadOptions options, Action<string> say)
    {
        _say = say;
        int threads = Math.Min(options.Threads, options.Sockets);
        SignedValues? signed = Sign(options, threads, say);
        _random = new SplitMix(options.Seed);
        _engineOptions = new EngineOptions(options.Node, new ValueSizes(options.ValueBytes, options.ValueType) { Signed = signed }, options.TimeoutNs,
            options.Spin, options.Segments);
        _sources = SourceOpener.Open(options, _engineOptions, _random, out bool knowsSegments);
        _engineOptions = _engineOptions with { Segments = options.Segments && knowsSegments };
        Engines = new EngineGroup([.. Enumerable.Range(0, threads).Select(t =>
            new Engine([.. _sources.Where((_, i) => i % threads == t)], _engineOptions))]);
    }

    public EngineGroup Engines { get; }

    public IReadOnlyList<Source> Sources => _sources;

    public EngineOptions Settings => _engineOptions;

    public InfoHash NodeId => _engineOptions.NodeId;

    public bool IsEcho => _engineOptions.IsEcho;

    /// <summary>Entries in the node's last find answer: 8 when the node knows enough of us.</summary>
    public int NodesListed { get; private set; }

    /// <summary>Opens sockets, greets the node and gets tokens.</summary>
    /// <param name="say">Told what is being done, for a person to read.</param>
    /// <exception cref="LoadException">The node does not answer, or not as a node does.</exception>
    public static Session Open(LoadOptions options, Action<string> say)
    {
        var session = new Session(options, say);
        try
        {
            Greeting.Greet(session, options);
            session._engineOptions.IsEcho = session.NodeId == EchoReplies.NodeId;
            session._engineOptions.Keys = new KeySpace(KeySeed(options), session.NodeId, options.NearBits);
            foreach (Source source in session._sources) source.Become(new Sender(KeySpace.FarId(session.NodeId, session._random),
                options.Network, options.IsClient));
            session.FetchTokens(options);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Brings the node into the state the run needs: contacts known, values loaded.</summary>
    public void Prepare(LoadOptions options)
    {
        if (IsEcho) return;
        if (!options.IsClient && options.SettleNs > 0
            && (options.Mix.Has(RequestKind.Find) || options.Mix.Has(RequestKind.Get))) Settle(options);
        if (options.Preload && options.NeedsValues) Preload(options);
    }

    /// <summary>One unmeasured request from the first source, for a look at the node.</summary>
    public Outcome Probe(RequestKind kind, out Meter meter)
    {
        var probe = new ProbeWorkload(kind, 1);
        Meter used = NewMeter(Mix.Only(kind));
        Resize(1);
        RunFirst(probe, used, _engineOptions.TimeoutNs * 2);
        meter = used;
        return probe.Last;
    }

    /// <summary>Sets how many requests each source may have open.</summary>
    public void Resize(int capacity)
    {
        foreach (Source source in _sources) source.Resize(capacity, _random);
    }

    public void Dispose() => _sources.ForEach(s => s.Dispose());

    /// <summary>As many signed values as the run puts, so that none comes twice.</summary>
    private static SignedValues? Sign(LoadOptions options, int threads, Action<string> say)
    {
        // What a loaded machine or a rounded share adds.
        const double more = 1.05;
        const int spare = 1_000;
        if (options.SignedFile is not { } path) return null;
        double seconds = (double)(options.WarmUpNs + options.DurationNs) / Clock.Second;
        int count = (int)(options.Rate * options.Mix.Share(RequestKind.Put) * seconds * more) + spare;
        try
        {
            return SignedValuesFile.Prepare(path, options.Owners, options.OwnerBits, count, options.ValueBytes[0], options.ValueType, say).WithThreads(threads);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new LoadException(ExitCode.Failed, $"signed values cannot be kept in {path}: {refusal.Message}", "name a file in a directory that is yours");
        }
    }

    // Values of another size or type are other values: under keys of their own they meet no earlier ones.
    private static ulong KeySeed(LoadOptions options)
    {
        ulong seed = SplitMix.Mix(options.Seed) + options.ValueType;
        foreach (int bytes in options.ValueBytes) seed = SplitMix.Mix(seed) + (ulong)bytes;
        return seed;
    }

    internal static Meter NewMeter(Mix mix) => new(mix, new IntervalSeries(long.MaxValue, Clock.Second, 1));

    private void RunFirst(IWorkload workload, Meter meter, long forNs)
    {
        Window window = Window.Unmeasured(Clock.NowNs() + forNs);
        Engines.Run((engine, index) =>
        {
            if (index == 0) engine.Run(workload, Pace.Closed(), meter, window);
        });
    }

    private void FetchTokens(LoadOptions options)
    {
        Resize(1);
        var workloads = new TokenWorkload[Engines.Count];
        Window window = Window.Unmeasured(Clock.NowNs() + 10 * options.TimeoutNs);
        Engines.Run((engine, index) =>
        {
            workloads[index] = new TokenWorkload(engine.Sources);
            engine.Run(workloads[index], Pace.Closed(), NewMeter(Mix.Only(RequestKind.Find)), window);
        });
        if (!options.NeedsTokens) return;
        if (workloads.Sum(w => w.WithoutToken) > 0)
        {
            throw new LoadException(ExitCode.Failed, $"{options.Node} answered find without a token, so nothing can be put or listened to",
                "the node refuses storage, or is no OpenDHT node; 'ping' and 'find' do not need a token");
        }

        int without = _sources.Count(s => s.Token.IsEmpty);
        if (without > 0)
        {
            throw new LoadException(ExitCode.Failed, $"{without} of {_sources.Count} sockets got no answer to find, so they have no token",
                "the node may limit requests per address: use fewer --sockets or more --sources, or lift its limit (dhtnode -U, dna run --rate-limit off)");
        }
    }

    /// <summary>Waits until the node hands our sources out as contacts, so that its answers have the size they have in a network.</summary>
    private void Settle(LoadOptions options)
    {
        int wanted = Math.Min(WireLimits.NodesMax, _sources.Count);
        long end = Clock.NowNs() + options.SettleNs;
        _say($"waiting until {options.Node} knows {wanted} contacts");
        using var newcomers = new Newcomers(options, NodeId, _random);
        do
        {
            Probe(RequestKind.Find, out Meter meter);
            NodesListed = (int)(meter.NodesListed / Math.Max(1, meter.NodeLists));
            if (NodesListed >= wanted) return;
            newcomers.Knock();
            Window window = Window.Unmeasured(Clock.NowNs() + 50 * Clock.Millisecond);
            Engines.Run((engine, _) => engine.Run(new SilentWorkload(), Pace.Closed(), NewMeter(options.Mix), window));
        }
        while (Clock.NowNs() < end);
        _say($"the node lists {NodesListed} contacts; its answers are that much shorter than in a network");
    }

    private void Preload(LoadOptions options)
    {
        _say($"loading {options.Keys} values");
        Resize(Math.Max(1, options.InFlight / _sources.Count));
        uint share = (uint)((options.Keys + Engines.Count - 1) / Engines.Count);
        var workloads = new PreloadWorkload[Engines.Count];
        Window window = Window.Unmeasured(Clock.NowNs() + 3600 * Clock.Second);
        Engines.Run((engine, index) =>
        {
            uint from = Math.Min(options.Keys, (uint)index * share);
            workloads[index] = new PreloadWorkload(from, Math.Min(options.Keys, from + share));
            engine.Run(workloads[index], Pace.Closed(), NewMeter(Mix.Only(RequestKind.Put)), window);
        });
        PreloadWorkload? failed = workloads.FirstOrDefault(w => w.HasGivenUp);
        if (failed != null)
        {
            throw new LoadException(ExitCode.Failed,
                $"loading gave up after {failed.Failures} puts that failed (the last: {Names.Of(failed.LastFailure)}), {workloads.Sum(w => w.Acknowledged)} of {options.Keys} were stored",
                "the node may limit requests per address: use more --sources and fewer --in-flight, or lift its limit (dhtnode -U, dna run --rate-limit off)");
        }

        Outcome read = Probe(RequestKind.Get, out _);
        if (read != Outcome.Ok)
        {
            throw new LoadException(ExitCode.Failed, $"a value that {options.Node} acknowledged cannot be read back ({Names.Of(read)})",
                "the node holds itself not responsible for the key (give --near 16 or more in a large network), its store is full, or it refuses the type or size");
        }
    }
}

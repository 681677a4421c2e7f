using Dna.Fast.LoadGen.Measure;

namespace Dna.Fast.LoadGen.Report;

/// <summary>
/// Everything a run found out; its JSON form is what <c>--json</c> writes. Times in microseconds unless the name says otherwise.
/// </summary>
internal sealed record RunResult
{
    public required string Command { get; init; }

    /// <summary>UTC, ISO 8601.</summary>
    public required string StartedAt { get; init; }

    public required TargetInfo Target { get; init; }

    public required RunSettings Settings { get; init; }

    /// <summary>Length of the measured window.</summary>
    public required double Seconds { get; init; }

    /// <summary>Good answers per second that arrived inside the window.</summary>
    public required double RepliesPerSecond { get; init; }

    /// <summary>Measured requests: those whose time to be sent lay inside the window.</summary>
    public required long Requests { get; init; }

    public required long Lost { get; init; }

    /// <summary>Requests whose time came inside the window of an open loop and that were never sent, for want of room.</summary>
    public required long Unsent { get; init; }

    /// <summary>Requests by how they ended; only those that occurred.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>Datagrams that ended no request, by kind; only those that occurred.</summary>
    public required IReadOnlyDictionary<string, long> Strays { get; init; }

    public required LatencySummary Latency { get; init; }

    /// <summary>By query, when there are several.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> LatencyByKind { get; init; }

    public required IReadOnlyList<PercentilePoint> Percentiles { get; init; }

    public required IReadOnlyList<IntervalPoint> Intervals { get; init; }

    /// <summary>Mean length of the datagrams received inside the window.</summary>
    public required double ReplyBytes { get; init; }

    /// <summary>Mean entries in the node lists of find answers.</summary>
    public required double NodesPerFind { get; init; }

    public required GeneratorInfo Generator { get; init; }

    public required KernelInfo Kernel { get; init; }

    /// <summary>Only with <c>--server-pid</c>.</summary>
    public ServerInfo? Server { get; init; }

    /// <summary>Only for <c>listen</c>.</summary>
    public ListenInfo? Listen { get; init; }
}

internal sealed record TargetInfo(string Address, string NodeId, uint Network, bool IsEcho, int NodesListed);

internal sealed record RunSettings(
    int Sockets, int Sources, int Threads, uint Keys, double ZipfExponent, IReadOnlyList<int> ValueBytes, int ValueType, string Loop,
        int InFlight,
    double RatePerSecond, double WarmUpSeconds, double TimeoutSeconds, ulong Seed, int NearBits, bool Client, bool Spin, bool Segments,
        string Mix);

/// <summary>One interval of the window.</summary>
/// <param name="AtSeconds">Its start.</param>
internal sealed record IntervalPoint(double AtSeconds, double RepliesPerSecond, long Failed, double P50Us, double P99Us);

/// <summary>What the generator itself used.</summary>
/// <param name="CpuCores">CPU time of the whole process over the window: 1 = one core.</param>
/// <param name="BusiestThread">Share of the window the busiest thread worked, 0 to 1; spinning idly does not count.</param>
/// <param name="IsTheLimit">True: a thread of the generator was busy all the time, so more threads might have found more.</param>
internal sealed record GeneratorInfo(double CpuCores, double BusiestThread, bool IsTheLimit);

/// <summary>The generator's own count of datagrams beside the kernel's, over about the same window.</summary>
/// <param name="AgreementPercent">On loopback, where every datagram of both directions is received in this namespace: the kernel's received
/// over ours sent and received.</param>
internal sealed record KernelInfo(
    long OurDatagramsOut, long OurDatagramsIn, long UdpInDatagrams, long UdpOutDatagrams, long ReceiveBufferErrors,
        double AgreementPercent);

/// <summary>The process of the node.</summary>
internal sealed record ServerInfo(int Pid, double CpuUsPerReply, double CpuCores, long RssBytes);

/// <summary>Pushes to listeners.</summary>
internal sealed record ListenInfo(int Listeners, long Puts, long PushesExpected, long Pushes, long Missing, long Duplicate,
    long Unexpected);

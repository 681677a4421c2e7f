using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;

namespace Dna.Fast.Health;

/// <summary>Where facts are read. Every member may be called from any thread.</summary>
internal sealed record HealthSource
{
    public required IClock Clock { get; init; }

    public required Func<NodeStatus> Status { get; init; }

    public required Func<Counter, long> Count { get; init; }

    public required Func<StoreStatistics> Store { get; init; }

    public required Func<long> CommittedTicket { get; init; }

    /// <summary>When the packet thread that is silent longest, and the owner, last turned, in the clock's milliseconds.</summary>
    public required Func<long> SlowestTurnMs { get; init; }

    public required Func<long> OwnerTurnedMs { get; init; }

    /// <summary>Free bytes where the data lives, or a negative number when nobody knows.</summary>
    public required Func<long> DiskFree { get; init; }

    public required bool ServesV4 { get; init; }

    public required bool ServesV6 { get; init; }

    /// <summary>There are bootstrap entries, or nodes known from an earlier run.</summary>
    public required Func<bool> HasSomebodyToJoin { get; init; }

    /// <summary>The node was told to leave: it answers nothing new, or soon will not.</summary>
    public Func<bool> IsDraining { get; init; } = () => false;

    /// <summary>The month's traffic.</summary>
    public Func<TrafficFigures> Traffic { get; init; } = () => default;

    /// <summary>Free bytes of the file system a directory lies on, for this user.</summary>
    public static long FreeBytesOf(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return -1;
        }
    }
}

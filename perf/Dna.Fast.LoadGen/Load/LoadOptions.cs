using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>What a user asked for. Immutable.</summary>
internal sealed record LoadOptions
{
    /// <summary>Name of the command: <c>ping</c>, <c>find</c>, <c>get</c>, <c>put</c>, <c>mixed</c> or <c>listen</c>.</summary>
    public required string Command { get; init; }

    /// <summary>The node under load.</summary>
    public required NodeAddress Node { get; init; }

    public required Mix Mix { get; init; }

    public int Sockets { get; init; } = 8;

    /// <summary>Local addresses, used in turn; empty: the system chooses.</summary>
    public IReadOnlyList<NodeAddress> SourceAddresses { get; init; } = [];

    public int Threads { get; init; } = 1;

    public uint Keys { get; init; } = 1000;

    /// <summary>0: uniform; above: Zipf's exponent.</summary>
    public double Skew { get; init; }

    public IReadOnlyList<int> ValueBytes { get; init; } = [100];

    public ushort ValueType { get; init; }

    /// <summary>Closed loop: requests open at once, over all sockets.</summary>
    public int InFlight { get; init; } = 128;

    /// <summary>Open loop: requests per second; 0: closed loop.</summary>
    public double Rate { get; init; }

    public long DurationNs { get; init; } = 10 * Clock.Second;

    public long WarmUpNs { get; init; } = 2 * Clock.Second;

    public long TimeoutNs { get; init; } = Clock.Second;

    /// <summary>How long the node may take to learn the generator's sockets as contacts; 0: not waited for.</summary>
    public long SettleNs { get; init; } = 10 * Clock.Second;

    public uint Network { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>First bits that keys share with the node's id.</summary>
    public int NearBits { get; init; } = 1;

    public bool IsClient { get; init; }

    public bool Spin { get; init; }

    public bool Segments { get; init; } = true;

    /// <summary>False: the values are there already, put by an earlier run with the same seed, keys, sizes and type.</summary>
    public bool Preload { get; init; } = true;

    public bool PutAgain { get; init; }

    /// <summary>Where values signed beforehand are kept; null: new values are unsigned.</summary>
    public string? SignedFile { get; init; }

    /// <summary>Different owners of signed values.</summary>
    public int Owners { get; init; } = SignedValues.OwnersDefault;

    /// <summary>Size of their keys, in bits.</summary>
    public int OwnerBits { get; init; } = SignedValues.BitsDefault;

    /// <summary>Process to be measured beside; 0: none.</summary>
    public int ServerPid { get; init; }

    public bool NeedsValues => Mix.Has(RequestKind.Get) || (PutAgain && Mix.Has(RequestKind.Put));

    public bool NeedsTokens => NeedsValues || Mix.Has(RequestKind.Put) || Command == "listen";
}

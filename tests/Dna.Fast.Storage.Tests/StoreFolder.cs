using Dna.Fast.Storage.Disk;

namespace Dna.Fast.Storage.Tests;

/// <summary>A directory of one test, gone with it.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dna-store-").FullName;

    public IStoreDisk Disk { get; init; } = FileDisk.Instance;

    public ManualClock Clock { get; } = new();

    public StoreOptions Options => new()
    {
        Directory = Path,
        MemoryBytes = 4 << 20,
        Disk = Disk,
        Clock = Clock,
        SegmentBits = 20,
        Upkeep = false,
    };

    public FasterValueStore Open(Func<StoreOptions, StoreOptions>? with = null)
    {
        StoreOptions options = with is null ? Options : with(Options);
        OpenResult result = FasterValueStore.Open(options);
        Assert.Equal((OpenStatus.Opened, ""), (result.Status, result.Message));
        return result.Store!;
    }

    public string[] Files(string kind) => [.. Directory.GetFiles(Path, kind + "*").Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Wall-clock time stands where a test puts it; intervals are real.</summary>
internal sealed class ManualClock : TimeProvider
{
    public long NowUnixMs { get; set; } = 1_700_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowUnixMs);
}

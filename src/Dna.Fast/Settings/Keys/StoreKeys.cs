namespace Dna.Fast.Settings.Keys;

/// <summary>What the store may take.</summary>
internal static class StoreKeys
{
    /// <summary>Index and pages need this much; who writes less forgot the unit.</summary>
    private const long MemoryBytesMin = 4L << 20;

    /// <summary>Room for a few of the largest values; who writes less forgot the unit.</summary>
    private const long LimitBytesMin = 1L << 20;

    public static ConfigKey<long> Memory { get; } = new(
        "store.memory", ConfigKind.Size, "Memory for values, in bytes; more of them live on the disk", "a size such as 64MiB, at least 4MiB",
        64L << 20, SettingTexts.Size(MemoryBytesMin), ByteSize.Write)
    {
        Flag = "--memory",
        HelpName = "SIZE",
    };

    public static ConfigKey<long> Limit { get; } = new(
        "store.limit", ConfigKind.Size, "Bytes of values at most; beyond it, those of the largest source leave first", "a size such as 1GiB, at least 1MiB",
        1L << 30, SettingTexts.Size(LimitBytesMin), ByteSize.Write)
    {
        Flag = "--store-limit",
        HelpName = "SIZE",
        IsLive = true,
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [Memory, Limit];
}

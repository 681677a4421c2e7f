using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

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

    public static ConfigListKey<AddressPrefix> AllowSources { get; } = new(
        "store.allow_sources", "Addresses and networks whose values are stored; with this or store.allow_keys, nobody else's", "addresses or networks such as 192.0.2.7, 198.51.100.0/24 or 2001:db8::/32",
        LimitKeys.TryPrefix, prefix => prefix.ToString())
    {
        Flag = "--store-from",
        HelpName = "ADDR[/BITS]",
        IsLive = true,
        DefaultInWords = "all",
    };

    public static ConfigListKey<InfoHash> AllowKeys { get; } = new(
        "store.allow_keys", "Key ids whose signed values and certificates are stored, whoever sends them; with this or store.allow_sources, nobody else's", "key ids of 40 hexadecimal digits",
        TryKey, key => key.ToString())
    {
        Flag = "--store-of",
        HelpName = "KEYID",
        IsLive = true,
        DefaultInWords = "all",
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [Memory, Limit, AllowSources, AllowKeys];

    private static bool TryKey(string text, out InfoHash key, out string? problem)
    {
        problem = InfoHash.TryParse(text, out key) && !key.IsZero ? null : $"'{TomlText.Short(text)}' is no key id of 40 hexadecimal digits";
        return problem is null;
    }
}

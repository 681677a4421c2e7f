using System.Globalization;

namespace Dna.Fast.Storage.Faster;

/// <summary>What tells one value log from another: a number and secrets.</summary>
/// <param name="Number">Rises with every log a store begins anew.</param>
/// <param name="Seed">Seed of the check sums; part of the file names, because without it no record can be told from garbage.</param>
/// <param name="Hash0">Key of the hash, first 64 bits. Needed only together with an index, and kept beside it.</param>
/// <param name="Hash1">Second 64 bits.</param>
/// <param name="Hash2">Third 64 bits.</param>
internal readonly record struct ValueLogIdentity(uint Number, uint Seed, ulong Hash0, ulong Hash1, ulong Hash2)
{
    /// <summary>Name of the files, without the segment number.</summary>
    public string Name => FileNames.Of(FileNames.Values, Number, Seed);
}

/// <summary>Names of the files in the directory of a store.</summary>
internal static class FileNames
{
    public const string Values = "values";
    public const string Wal = "wal";
    public const string Checkpoint = "checkpoint";
    public const string Lock = "lock";
    public const string Rebuild = "rebuild";
    public const string DamagedDirectory = "damaged";

    public static string Of(string kind, uint number, uint seed) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number:x8}-{seed:x8}");

    /// <summary>Finds the logs of one kind among file names, oldest first.</summary>
    public static List<(uint Number, uint Seed)> Find(IReadOnlyList<string> names, string kind)
    {
        // kind-nnnnnnnn-ssssssss.segment
        SortedDictionary<uint, uint> found = [];
        int number = kind.Length + 1, seed = number + 9, end = seed + 8;
        foreach (string name in names)
        {
            if (name.Length <= end || !name.StartsWith(kind + "-", StringComparison.Ordinal) || name[end] != '.') continue;
            if (uint.TryParse(name.AsSpan(number, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint n)
                && uint.TryParse(name.AsSpan(seed, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint s))
            {
                found[n] = s;
            }
        }

        return [.. found.Select(static pair => (pair.Key, pair.Value))];
    }
}

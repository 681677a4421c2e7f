namespace Dna.Fast.Messenger;

/// <summary>Entries of several writers' lists, fairly: where only so many are looked at, a writer with a long list must not bury the others.</summary>
internal static class InTurn
{
    /// <summary>The first entry of each list, then the second of each, and so on.</summary>
    public static List<T> Take<T>(IReadOnlyCollection<IReadOnlyList<T>> lists) =>
        [.. lists.SelectMany(list => list.Select((entry, rank) => (entry, rank))).OrderBy(pair => pair.rank).Select(pair => pair.entry)];
}

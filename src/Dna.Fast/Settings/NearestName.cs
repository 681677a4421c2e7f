namespace Dna.Fast.Settings;

/// <summary>Finds the name somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>Names longer than this are nobody's typing error; it also bounds the work.</summary>
    private const int CharactersMax = 64;

    /// <returns>The nearest of the names, when it is near: at most a third of its characters changed, left out, added or swapped with the next. Else null.</returns>
    public static string? Of(string name, IEnumerable<string> names)
    {
        if (name.Length is 0 or > CharactersMax) return null;
        (string? nearest, int least) = (null, int.MaxValue);
        foreach (string candidate in names)
        {
            int distance = Distance(name, candidate);
            if (distance < least && distance <= Math.Max(1, candidate.Length / 3)) (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>The number of single-character changes between two names; a swap of neighbours is one.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] steps = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) steps[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) steps[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = steps[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                steps[i, j] = Math.Min(change, Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
            }
        }

        return steps[a.Length, b.Length];
    }
}

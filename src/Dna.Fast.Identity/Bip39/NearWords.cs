namespace Dna.Fast.Identity;

/// <summary>Words of the list that somebody may have meant. For a person at a terminal: near words tell part of a secret, so they belong into no log.</summary>
public static class NearWords
{
    /// <summary>How far a word may be away: two letters changed, left out, added or exchanged with their neighbour.</summary>
    private const int DistanceMax = 2;

    /// <summary>What is longer is no mistyped word: two letters more than the longest.</summary>
    private const int LettersMax = WordList.LettersMax + DistanceMax;

    /// <summary>The nearest words, at most <paramref name="count"/>; those that begin with the same four letters come first, as four letters tell every word apart.</summary>
    /// <param name="word">As it was typed.</param>
    public static IReadOnlyList<string> Of(ReadOnlySpan<char> word, int count)
    {
        if (word.Length is 0 or > LettersMax) return [];
        Span<char> lower = stackalloc char[word.Length];
        for (int i = 0; i < word.Length; i++) lower[i] = char.ToLowerInvariant(word[i]);
        var near = new List<(int Distance, int Index)>();
        for (int i = 0; i < WordList.Count; i++)
        {
            int distance = SharesBeginning(lower, WordList.At(i)) ? 0 : Distance(lower, WordList.At(i));
            if (distance <= DistanceMax) near.Add((distance, i));
        }

        lower.Clear();
        return [.. near.Order().Take(count).Select(found => WordList.At(found.Index))];
    }

    private static bool SharesBeginning(ReadOnlySpan<char> word, string candidate)
    {
        const int telling = 4;
        return word.Length >= telling && candidate.Length >= telling && word[..telling].SequenceEqual(candidate.AsSpan(0, telling));
    }

    /// <summary>Edits between two words; an exchange of neighbours is one (optimal string alignment).</summary>
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<int> rows = stackalloc int[3 * (LettersMax + 1)];
        Span<int> before = rows[..(LettersMax + 1)], above = rows.Slice(LettersMax + 1, LettersMax + 1), row = rows[(2 * (LettersMax + 1))..];
        for (int j = 0; j <= b.Length; j++) above[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(changed, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            Span<int> free = before;
            before = above;
            above = row;
            row = free;
        }

        return above[b.Length];
    }
}

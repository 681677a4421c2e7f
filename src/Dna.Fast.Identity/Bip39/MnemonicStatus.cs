namespace Dna.Fast.Identity;

/// <summary>What is wrong with the words of a mnemonic.</summary>
public enum MnemonicStatus
{
    Ok,

    /// <summary>Neither 12, 15, 18, 21 nor 24 words.</summary>
    WordCount,

    /// <summary>A word is not in the list.</summary>
    UnknownWord,

    /// <summary>All words are in the list, but one is not the word it was, or two changed places.</summary>
    Checksum,
}

/// <summary>Where a mnemonic is wrong.</summary>
/// <param name="Status">What is wrong.</param>
/// <param name="Word">For <see cref="MnemonicStatus.UnknownWord"/> the place of the first unknown word, from 1; for <see cref="MnemonicStatus.WordCount"/> how many there are; else 0.</param>
public readonly record struct MnemonicProblem(MnemonicStatus Status, int Word)
{
    /// <summary>For a person. Names the place, never the word: it is part of a secret.</summary>
    public override string ToString() => Status switch
    {
        MnemonicStatus.Ok => "the words are right",
        MnemonicStatus.WordCount => $"a mnemonic has 12, 15, 18, 21 or 24 words, not {Word}",
        MnemonicStatus.UnknownWord => $"word {Word} is not in the English word list",
        _ => "the checksum does not match: a word is another one than it was, or two changed places",
    };
}

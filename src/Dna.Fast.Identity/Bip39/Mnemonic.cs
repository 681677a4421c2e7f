namespace Dna.Fast.Identity;

/// <summary>A secret as 12, 15, 18, 21 or 24 English words (BIP39). Disposing zeroes it; ToString tells the number of words only.</summary>
/// <remarks>One thread.</remarks>
public sealed class Mnemonic : IDisposable
{
    /// <summary>Bytes of the master every key of a user comes from.</summary>
    public const int MasterBytes = 64;

    /// <summary>Longest mnemonic in characters: 24 words of at most 8 letters and the spaces between them.</summary>
    public const int CharactersMax = 24 * 9 - 1;

    /// <summary>12, 15, 18, 21 or 24.</summary>
    public int WordCount => throw new NotImplementedException();

    /// <summary>Characters <see cref="WriteWords"/> writes.</summary>
    public int Length => throw new NotImplementedException();

    /// <param name="entropy">16, 20, 24, 28 or 32 random bytes, for 12, 15, 18, 21 or 24 words; copied.</param>
    /// <exception cref="ArgumentException">Another size.</exception>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy) => throw new NotImplementedException();

    /// <summary>Reads words as a person typed them: any white space between them, upper or lower case.</summary>
    /// <returns>Null when <paramref name="problem"/> is not Ok.</returns>
    public static Mnemonic? Parse(ReadOnlySpan<char> text, out MnemonicProblem problem) => throw new NotImplementedException();

    /// <summary>Bytes of entropy for a number of words; 0 when no mnemonic has so many.</summary>
    public static int EntropyBytes(int words) => throw new NotImplementedException();

    /// <summary>Writes the words in lower case with one space between them; the caller zeroes them.</summary>
    /// <param name="text"><see cref="Length"/> characters or more.</param>
    public void WriteWords(Span<char> text) => throw new NotImplementedException();

    /// <summary>Copies the entropy; the caller zeroes it.</summary>
    /// <param name="entropy"><see cref="EntropyBytes"/> of the number of words, or more.</param>
    public void CopyEntropy(Span<byte> entropy) => throw new NotImplementedException();

    /// <summary>PBKDF2-HMAC-SHA512 of the words, 2048 rounds, salt <c>mnemonic</c> and passphrase (section 2.3). About a millisecond.</summary>
    /// <param name="passphrase">BIP39's second factor, empty in the original client. ASCII only: anything else would need Unicode normalisation, which this program leaves out.</param>
    /// <param name="master">64 bytes; the caller zeroes them.</param>
    /// <returns>False when the passphrase is not ASCII.</returns>
    public bool DeriveMaster(ReadOnlySpan<char> passphrase, Span<byte> master) => throw new NotImplementedException();

    public override string ToString() => $"mnemonic of {WordCount} words";

    public void Dispose() => throw new NotImplementedException();
}

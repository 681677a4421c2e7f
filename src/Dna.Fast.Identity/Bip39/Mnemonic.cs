using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>A secret as 12, 15, 18, 21 or 24 English words (BIP39). Disposing zeroes it; ToString tells the number of words only.</summary>
/// <remarks>One thread. Words are looked up and written in a time that depends on them: for a person at a prompt, not for a server.</remarks>
public sealed class Mnemonic : IDisposable
{
    /// <summary>Bytes of the master every key of a user comes from.</summary>
    public const int MasterBytes = 64;

    /// <summary>Longest mnemonic in characters: 24 words of at most 8 letters and the spaces between them.</summary>
    public const int CharactersMax = WordsMax * (WordList.LettersMax + 1) - 1;

    private const int WordsMax = 24;
    private const int EntropyBytesMax = 32;
    private const int BitsPerWord = 11;

    // BIP39, "From mnemonic to seed".
    private const int Rounds = 2_048;

    // BIP39 sets no bound on a passphrase; a person's is shorter.
    private const int PassphraseCharactersMax = 1_024;

    // Pinned, so that the collector leaves no copy behind when it moves things.
    private readonly byte[] _entropy;
    private bool _isDisposed;

    private Mnemonic(ReadOnlySpan<byte> entropy)
    {
        _entropy = GC.AllocateUninitializedArray<byte>(entropy.Length, pinned: true);
        entropy.CopyTo(_entropy);
    }

    /// <summary>12, 15, 18, 21 or 24.</summary>
    public int WordCount => _entropy.Length * 3 / 4;

    /// <summary>Characters <see cref="WriteWords"/> writes.</summary>
    /// <exception cref="ObjectDisposedException">The secret is gone.</exception>
    public int Length
    {
        get
        {
            Span<byte> bits = stackalloc byte[EntropyBytesMax + 1];
            WithChecksum(Entropy, bits);
            int length = WordCount - 1;
            for (int i = 0; i < WordCount; i++) length += WordList.At(ReadWord(bits, i)).Length;
            CryptographicOperations.ZeroMemory(bits);
            return length;
        }
    }

    // What is zeroed is a mnemonic too, which everybody knows: nobody may take it for the one that was.
    private ReadOnlySpan<byte> Entropy
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _entropy;
        }
    }

    /// <param name="entropy">16, 20, 24, 28 or 32 random bytes, for 12, 15, 18, 21 or 24 words; copied.</param>
    /// <exception cref="ArgumentException">Another size.</exception>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is < 16 or > EntropyBytesMax || entropy.Length % 4 != 0)
            throw new ArgumentException("A mnemonic is made of 16, 20, 24, 28 or 32 bytes.", nameof(entropy));
        return new Mnemonic(entropy);
    }

    /// <summary>Reads words as a person typed them: any white space between them, upper or lower case.</summary>
    /// <returns>Null when <paramref name="problem"/> is not Ok.</returns>
    public static Mnemonic? Parse(ReadOnlySpan<char> text, out MnemonicProblem problem)
    {
        Span<byte> bits = stackalloc byte[EntropyBytesMax + 1];
        Span<byte> expected = stackalloc byte[EntropyBytesMax + 1];
        try
        {
            problem = ReadWords(text, bits, out int words);
            if (problem.Status != MnemonicStatus.Ok) return null;
            ReadOnlySpan<byte> entropy = bits[..EntropyBytes(words)];
            WithChecksum(entropy, expected);
            if (CryptographicOperations.FixedTimeEquals(bits, expected)) return new Mnemonic(entropy);
            problem = new MnemonicProblem(MnemonicStatus.Checksum, 0);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bits);
            CryptographicOperations.ZeroMemory(expected);
        }
    }

    /// <summary>Bytes of entropy for a number of words; 0 when no mnemonic has so many.</summary>
    public static int EntropyBytes(int words) => words is 12 or 15 or 18 or 21 or 24 ? words * 4 / 3 : 0;

    /// <summary>Writes the words in lower case with one space between them; the caller zeroes them.</summary>
    /// <param name="text"><see cref="Length"/> characters or more.</param>
    /// <exception cref="ObjectDisposedException">The secret is gone.</exception>
    public void WriteWords(Span<char> text)
    {
        Span<byte> bits = stackalloc byte[EntropyBytesMax + 1];
        WithChecksum(Entropy, bits);
        for (int i = 0; i < WordCount; i++)
        {
            string word = WordList.At(ReadWord(bits, i));
            if (i > 0)
            {
                text[0] = ' ';
                text = text[1..];
            }

            word.CopyTo(text);
            text = text[word.Length..];
        }

        CryptographicOperations.ZeroMemory(bits);
    }

    /// <summary>Copies the entropy; the caller zeroes it.</summary>
    /// <param name="entropy"><see cref="EntropyBytes"/> of the number of words, or more.</param>
    /// <exception cref="ObjectDisposedException">The secret is gone.</exception>
    public void CopyEntropy(Span<byte> entropy) => Entropy.CopyTo(entropy);

    /// <summary>PBKDF2-HMAC-SHA512 of the words, 2048 rounds, salt <c>mnemonic</c> and passphrase (section 2.3). About a millisecond.</summary>
    /// <param name="passphrase">
    /// BIP39's second factor, empty in the original client; at most 1,024 characters. ASCII only: anything else would need Unicode's normalisation, which this
    /// program leaves out, and would give other keys than other programs do.
    /// </param>
    /// <param name="master">64 bytes; the caller zeroes them.</param>
    /// <returns>False when the passphrase is not ASCII or too long.</returns>
    /// <exception cref="ObjectDisposedException">The secret is gone.</exception>
    public bool DeriveMaster(ReadOnlySpan<char> passphrase, Span<byte> master)
    {
        ReadOnlySpan<byte> prefix = "mnemonic"u8;
        if (passphrase.Length > PassphraseCharactersMax || passphrase.ContainsAnyExceptInRange('\0', '\x7F')) return false;
        Span<char> words = stackalloc char[Length];
        Span<byte> password = stackalloc byte[words.Length];
        Span<byte> salt = stackalloc byte[prefix.Length + passphrase.Length];
        WriteWords(words);
        Narrow(words, password);
        prefix.CopyTo(salt);
        Narrow(passphrase, salt[prefix.Length..]);
        Rfc2898DeriveBytes.Pbkdf2(password, salt, master[..MasterBytes], Rounds, HashAlgorithmName.SHA512);
        words.Clear();
        CryptographicOperations.ZeroMemory(password);
        CryptographicOperations.ZeroMemory(salt);
        return true;
    }

    public override string ToString() => $"mnemonic of {WordCount} words";

    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_entropy);
    }

    private static MnemonicProblem ReadWords(ReadOnlySpan<char> text, Span<byte> bits, out int words)
    {
        Span<char> word = stackalloc char[WordList.LettersMax];
        int unknown = 0;
        words = 0;
        while (!(text = text.TrimStart()).IsEmpty)
        {
            int length = 0;
            while (length < text.Length && !char.IsWhiteSpace(text[length])) length++;
            int index = -1;
            if (length <= word.Length)
            {
                for (int i = 0; i < length; i++) word[i] = char.ToLowerInvariant(text[i]);
                index = WordList.IndexOf(word[..length]);
            }

            text = text[length..];
            if (index >= 0 && words < WordsMax) WriteWord(bits, words, index);
            words++;
            if (index < 0 && unknown == 0) unknown = words;
        }

        word.Clear();
        if (EntropyBytes(words) == 0) return new MnemonicProblem(MnemonicStatus.WordCount, words);
        return unknown > 0 ? new MnemonicProblem(MnemonicStatus.UnknownWord, unknown) : default;
    }

    /// <summary>Entropy and behind it the first bits of its SHA-256, one for each 32 of entropy; the rest is zero.</summary>
    private static void WithChecksum(ReadOnlySpan<byte> entropy, Span<byte> bits)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entropy, digest);
        bits.Clear();
        entropy.CopyTo(bits);
        int checksumBits = entropy.Length / 4;
        bits[entropy.Length] = (byte)(digest[0] & 0xFF << 8 - checksumBits);
        CryptographicOperations.ZeroMemory(digest);
    }

    private static int ReadWord(ReadOnlySpan<byte> bits, int word)
    {
        int index = 0;
        for (int bit = word * BitsPerWord; bit < (word + 1) * BitsPerWord; bit++) index = index << 1 | bits[bit >> 3] >> 7 - (bit & 7) & 1;
        return index;
    }

    private static void WriteWord(Span<byte> bits, int word, int index)
    {
        for (int i = 0; i < BitsPerWord; i++)
        {
            int bit = word * BitsPerWord + i;
            bits[bit >> 3] |= (byte)((index >> BitsPerWord - 1 - i & 1) << 7 - (bit & 7));
        }
    }

    private static void Narrow(ReadOnlySpan<char> ascii, Span<byte> bytes)
    {
        for (int i = 0; i < ascii.Length; i++) bytes[i] = (byte)ascii[i];
    }
}

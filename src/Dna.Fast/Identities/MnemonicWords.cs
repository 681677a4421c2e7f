using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>Words of a mnemonic on their way to a person and back.</summary>
internal static class MnemonicWords
{
    /// <summary>Words in a row when they are shown.</summary>
    private const int WordsInRow = 6;

    /// <summary>Input with words: the longest mnemonic, numbered and with a lot of white space.</summary>
    private const int InputBytesMax = 4_096;

    /// <summary>Words offered for one that is not in the list.</summary>
    private const int NearMax = 3;

    private const string Warning = """

        These words are the identity. Write them down on paper, in this order, and keep them where nobody else looks:
        whoever has them is you, and without them a lost key file cannot be made again. They are shown this once.


        """;

    /// <summary>Shows the words, in rows.</summary>
    public static void Show(ITerminal terminal, Mnemonic mnemonic)
    {
        terminal.Write(Warning);
        WithWords(mnemonic, words =>
        {
            Span<char> rest = words;
            for (int i = 1; !rest.IsEmpty; i++)
            {
                int end = rest.IndexOf(' ');
                terminal.Write($"{i,4}. ");
                terminal.Write(end < 0 ? rest : rest[..end]);
                if (i % WordsInRow == 0) terminal.Write("\n");
                rest = end < 0 ? [] : rest[(end + 1)..];
            }
        });
        terminal.Write("\n\n");
    }

    /// <summary>Hands the words out, with a space between two, and zeroes them afterwards.</summary>
    public static void WithWords(Mnemonic mnemonic, Action<char[]> use)
    {
        char[] words = GC.AllocateUninitializedArray<char>(mnemonic.Length, pinned: true);
        try
        {
            mnemonic.WriteWords(words);
            use(words);
        }
        finally
        {
            Zero(words);
        }
    }

    /// <summary>Reads words from a file or a pipe.</summary>
    /// <param name="problem">For people, naming the place of a bad word and never the word; null when there is a mnemonic.</param>
    /// <returns>The mnemonic, which the caller disposes.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Mnemonic? Read(Stream stream, out string? problem)
    {
        using SecretBytes? text = SecretLines.ReadAll(stream, InputBytesMax);
        problem = text is null ? "that is no mnemonic: it is too long" : null;
        return text is null ? null : Parse(text.Span, showsNear: false, out problem);
    }

    /// <summary>Asks a person for the words.</summary>
    /// <param name="problem">For people at this terminal: the place of a bad word, and words near to it; null when there is a mnemonic.</param>
    public static Mnemonic? Ask(ITerminal terminal, out string? problem)
    {
        using SecretBytes? text = terminal.ReadSecret("The words, in their order (they are not shown): ");
        problem = text is null ? "no words were given" : null;
        return text is null ? null : Parse(text.Span, showsNear: true, out problem);
    }

    private static Mnemonic? Parse(ReadOnlySpan<byte> utf8, bool showsNear, out string? problem)
    {
        char[] text = GC.AllocateUninitializedArray<char>(Encoding.UTF8.GetCharCount(utf8), pinned: true);
        try
        {
            Encoding.UTF8.GetChars(utf8, text);
            Mnemonic? mnemonic = Mnemonic.Parse(text, out MnemonicProblem found);
            problem = mnemonic is null ? found.ToString() : null;
            if (showsNear && found.Status == MnemonicStatus.UnknownWord && NearWords.Of(WordAt(text, found.Word), NearMax) is { Count: > 0 } near)
                problem += $"; near to it: {string.Join(", ", near)}";
            return mnemonic;
        }
        finally
        {
            Zero(text);
        }
    }

    /// <param name="number">From 1.</param>
    private static ReadOnlySpan<char> WordAt(ReadOnlySpan<char> text, int number)
    {
        for (int i = 1; ; i++)
        {
            text = text.TrimStart();
            int length = 0;
            while (length < text.Length && !char.IsWhiteSpace(text[length])) length++;
            if (i == number || length == 0) return text[..length];
            text = text[length..];
        }
    }

    private static void Zero(char[] text) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
}

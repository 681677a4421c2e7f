using System.Text;

namespace Dna.Fast.Fuzz.Mutating;

/// <summary>Changes text by its words and signs.</summary>
internal static class TextMutation
{
    private static readonly string[] Pieces =
        ["", " ", "\0", "\n", "\r\n", ":", "::", "[", "]", "%", ",", "=", "-", "+", ".", "0", "-1", "65536", "4294967296", "18446744073709551616", "1e9", "\u00e4", "\ud83d\ude00", "-----", "abandon", "zoo"];

    public static byte[] Change(byte[] input, Random random)
    {
        byte[] piece = Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]);
        List<int> edges = [0, .. Enumerable.Range(0, input.Length).Where(at => !char.IsAsciiLetterOrDigit((char)input[at])), input.Length];
        int first = edges[random.Next(edges.Count)];
        int last = random.Next(2) == 0 ? first : edges.Where(edge => edge >= first).Take(3).Last();
        return [.. input.AsSpan(0, first), .. piece, .. input.AsSpan(last)];
    }
}

namespace Dna.Fast.Wire;

/// <summary>
/// Map keys and query names as machine words, so that one comparison decides: the characters from the lowest byte up, the length in the
/// highest byte.
/// </summary>
/// <remarks>
/// The length is part of the word because a key may hold zero bytes; 0 stands for every string of no or more than 7 bytes.
/// </remarks>
internal static class WireKeys
{
    /// <summary>Longest string a word can hold, in bytes.</summary>
    public const int BytesMax = 7;

    // Top level (section 1.2).
    public const ulong A = L1 | 'a';
    public const ulong E = L1 | 'e';
    public const ulong N = L1 | 'n';
    public const ulong P = L1 | 'p';
    public const ulong Q = L1 | 'q';
    public const ulong R = L1 | 'r';
    public const ulong S = L1 | 's';
    public const ulong T = L1 | 't';
    public const ulong U = L1 | 'u';
    public const ulong V = L1 | 'v';
    public const ulong Y = L1 | 'y';

    // Bodies (section 2).
    public const ulong C = L1 | 'c';
    public const ulong H = L1 | 'h';
    public const ulong W = L1 | 'w';
    public const ulong Id = L2 | 'i' | (ulong)'d' << 8;
    public const ulong Sa = L2 | 's' | (ulong)'a' << 8;
    public const ulong N4 = L2 | 'n' | (ulong)'4' << 8;
    public const ulong N6 = L2 | 'n' | (ulong)'6' << 8;
    public const ulong Re = L2 | 'r' | (ulong)'e' << 8;
    public const ulong Ve = L2 | 'v' | (ulong)'e' << 8;
    public const ulong Exp = L3 | 'e' | (ulong)'x' << 8 | (ulong)'p' << 16;
    public const ulong Sid = L3 | 's' | (ulong)'i' << 8 | (ulong)'d' << 16;
    public const ulong Vid = L3 | 'v' | (ulong)'i' << 8 | (ulong)'d' << 16;
    public const ulong Token = L5 | 't' | (ulong)'o' << 8 | (ulong)'k' << 16 | (ulong)'e' << 24 | (ulong)'n' << 32;
    public const ulong Target = L6 | 't' | (ulong)'a' << 8 | (ulong)'r' << 16 | (ulong)'g' << 24 | (ulong)'e' << 32 | (ulong)'t' << 40;
    public const ulong Values = L6 | 'v' | (ulong)'a' << 8 | (ulong)'l' << 16 | (ulong)'u' << 24 | (ulong)'e' << 32 | (ulong)'s' << 40;

    /// <summary>Misspelled on the wire (section 2.4).</summary>
    public const ulong Fileds = L6 | 'f' | (ulong)'i' << 8 | (ulong)'l' << 16 | (ulong)'e' << 24 | (ulong)'d' << 32 | (ulong)'s' << 40;

    // Values (section 4), selections and filters (section 2.4), fragments (section 1.6).
    public const ulong D = L1 | 'd';
    public const ulong F = L1 | 'f';
    public const ulong O = L1 | 'o';
    public const ulong Pt = L2 | 'p' | (ulong)'t' << 8;
    public const ulong To = L2 | 't' | (ulong)'o' << 8;
    public const ulong Dat = L3 | 'd' | (ulong)'a' << 8 | (ulong)'t' << 16;
    public const ulong Seq = L3 | 's' | (ulong)'e' << 8 | (ulong)'q' << 16;
    public const ulong Sig = L3 | 's' | (ulong)'i' << 8 | (ulong)'g' << 16;
    public const ulong Body = L4 | 'b' | (ulong)'o' << 8 | (ulong)'d' << 16 | (ulong)'y' << 24;
    public const ulong Data = L4 | 'd' | (ulong)'a' << 8 | (ulong)'t' << 16 | (ulong)'a' << 24;
    public const ulong Type = L4 | 't' | (ulong)'y' << 8 | (ulong)'p' << 16 | (ulong)'e' << 24;
    public const ulong Owner = L5 | 'o' | (ulong)'w' << 8 | (ulong)'n' << 16 | (ulong)'e' << 24 | (ulong)'r' << 32;
    public const ulong Utype = L5 | 'u' | (ulong)'t' << 8 | (ulong)'y' << 16 | (ulong)'p' << 24 | (ulong)'e' << 32;

    // Query names (section 1.2).
    public const ulong Get = L3 | 'g' | (ulong)'e' << 8 | (ulong)'t' << 16;
    public const ulong Put = L3 | 'p' | (ulong)'u' << 8 | (ulong)'t' << 16;
    public const ulong Find = L4 | 'f' | (ulong)'i' << 8 | (ulong)'n' << 16 | (ulong)'d' << 24;
    public const ulong Ping = L4 | 'p' | (ulong)'i' << 8 | (ulong)'n' << 16 | (ulong)'g' << 24;
    public const ulong Listen = L6 | 'l' | (ulong)'i' << 8 | (ulong)'s' << 16 | (ulong)'t' << 24 | (ulong)'e' << 32 | (ulong)'n' << 40;
    public const ulong Update = L6 | 'u' | (ulong)'p' << 8 | (ulong)'d' << 16 | (ulong)'a' << 24 | (ulong)'t' << 32 | (ulong)'e' << 40;

    public const ulong Refresh =
        L7 | 'r' | (ulong)'e' << 8 | (ulong)'f' << 16 | (ulong)'r' << 24 | (ulong)'e' << 32 | (ulong)'s' << 40 | (ulong)'h' << 48;

    private const ulong L1 = 1UL << 56;
    private const ulong L2 = 2UL << 56;
    private const ulong L3 = 3UL << 56;
    private const ulong L4 = 4UL << 56;
    private const ulong L5 = 5UL << 56;
    private const ulong L6 = 6UL << 56;
    private const ulong L7 = 7UL << 56;

    /// <summary>The word of a string, 0 when it has no byte or more than 7.</summary>
    public static ulong WordOf(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > BytesMax) return 0;
        ulong word = (ulong)text.Length << 56;
        for (int i = 0; i < text.Length; i++) word |= (ulong)text[i] << (8 * i);
        return word;
    }
}

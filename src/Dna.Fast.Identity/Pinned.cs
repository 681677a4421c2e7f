namespace Dna.Fast.Identity;

/// <summary>Memory for secrets: the collector never moves it, so zeroing it leaves no copy behind. Whoever asked for it zeroes it. Any thread.</summary>
internal static class Pinned
{
    /// <summary>Not cleared: it is to be overwritten at once.</summary>
    public static byte[] Bytes(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    /// <summary>Not cleared: it is to be overwritten at once.</summary>
    public static char[] Chars(int length) => GC.AllocateUninitializedArray<char>(length, pinned: true);

    /// <summary>64-bit limbs of a number, all 0.</summary>
    public static ulong[] Limbs(int length) => GC.AllocateArray<ulong>(length, pinned: true);
}

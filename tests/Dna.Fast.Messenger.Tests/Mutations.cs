using CsCheck;

namespace Dna.Fast.Messenger.Tests;

/// <summary>Records with some bytes changed, cut or added: what a stranger may put under any key.</summary>
internal static class Mutations
{
    /// <summary>Hands 500 mutations of a record to a reader; whatever the reader throws is a failure.</summary>
    public static void Feed(byte[] record, Action<byte[]> reader) =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, Math.Max(0, record.Length - 1)], Gen.Byte.Array[1, 12], Gen.Int[0, record.Length]).Sample(
            (kind, at, bytes, cut) => reader(Mutate(record, kind, at, bytes, cut)), iter: 500);

    private static byte[] Mutate(byte[] record, int kind, int at, byte[] bytes, int cut)
    {
        byte[] changed = [.. record];
        switch (kind)
        {
            case 0:
                return changed[..cut];
            case 1:
                return [.. changed[..cut], .. bytes];
            case 2:
                return [.. changed[..at], .. bytes, .. changed[at..]];
            case 3:
                bytes.AsSpan(0, Math.Min(bytes.Length, changed.Length - at)).CopyTo(changed.AsSpan(at));
                return changed;
            default:
                // The lengths and marks stand at the front.
                bytes.AsSpan(0, Math.Min(bytes.Length, changed.Length)).CopyTo(changed.AsSpan(Math.Min(at % 64, changed.Length - Math.Min(bytes.Length, changed.Length))));
                return changed;
        }
    }
}

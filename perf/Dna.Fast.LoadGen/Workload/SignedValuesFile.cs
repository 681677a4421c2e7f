using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>Signed values in a file: making them takes a minute or more, so a run uses what an earlier one left.</summary>
/// <remarks>
/// <code>
/// "dna-load signed1" | u32 BE owners | u32 BE bits | u32 BE data bytes | u32 BE type | u32 BE packed bytes | packed values, back to back
/// </code>
/// </remarks>
internal static class SignedValuesFile
{
    private const int HeaderBytes = 16 + 5 * sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "dna-load signed1"u8;

    /// <summary>Reads the file when it holds such values and enough of them; else signs them and writes it.</summary>
    /// <param name="say">Told what is being done.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static SignedValues Prepare(string path, int owners, int bits, int count, int dataBytes, ushort type, Action<string> say)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        uint[] fields = [(uint)owners, (uint)bits, (uint)dataBytes, type];
        for (int i = 0; i < fields.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16 + 4 * i), fields[i]);
        if (Read(path, header, count) is { } there)
        {
            say($"{there.Count} values signed by {owners} owners, from {path}");
            return there;
        }

        say($"making {owners} owners with RSA-{bits} and signing {count} values: a minute or more, once; {path} keeps them");
        IReadOnlyList<RSA> keys = SignedOwners.Make(owners, bits);
        var made = SignedValues.Sign(keys, count, dataBytes, type);
        foreach (RSA key in keys) key.Dispose();
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(HeaderBytes - sizeof(uint)), (uint)made.PackedBytes);
        string temporary = path + ".new";
        using (FileStream file = File.Create(temporary))
        {
            file.Write(header);
            file.Write(made.Bytes);
        }

        File.Move(temporary, path, overwrite: true);
        return made;
    }

    private static SignedValues? Read(string path, ReadOnlySpan<byte> header, int count)
    {
        if (!File.Exists(path)) return null;
        byte[] whole = File.ReadAllBytes(path);
        const int compared = HeaderBytes - sizeof(uint);
        if (whole.Length <= HeaderBytes || !whole.AsSpan(0, compared).SequenceEqual(header[..compared])) return null;
        int packedBytes = (int)BinaryPrimitives.ReadUInt32BigEndian(whole.AsSpan(compared));
        return SignedValues.Read(whole[HeaderBytes..], packedBytes) is { } values && values.Count >= count ? values : null;
    }
}

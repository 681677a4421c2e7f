using System.Buffers.Binary;
using System.Security.Cryptography;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>Values signed before the run, all of one length. Any thread; nothing is allocated when one is read.</summary>
/// <remarks>
/// <para>Value n belongs to owner n modulo the number of owners, and its data begins with n (8 bytes, big endian), so no two signatures are alike: a node that remembers what it
/// verified, or whose keys it imported, gains nothing as long as no value is put twice and there are more owners than it keeps keys.</para>
/// <para>Key and value id are not signed; each put gets its own.</para>
/// </remarks>
internal sealed class SignedValues
{
    /// <summary>Owners unless told otherwise: more than the 1,024 imported keys that dna keeps.</summary>
    public const int OwnersDefault = 1_128;

    /// <summary>Size of the owners' keys, as stock nodes make them.</summary>
    public const int BitsDefault = 4096;

    private const ulong IdMarker = ValueShape.IdFlag | 0x71D2_C3B4_A596_8778;

    private readonly byte[] _packed;

    private SignedValues(byte[] packed, int packedBytes)
    {
        _packed = packed;
        PackedBytes = packedBytes;
        Count = packed.Length / packedBytes;
        Span<byte> marker = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(marker, IdMarker);
        IdOffset = this[0].IndexOf(marker);
    }

    public int Count { get; }

    /// <summary>Length of each packed value.</summary>
    public int PackedBytes { get; }

    /// <summary>Where the id (8 bytes, big endian) lies; what is there is a placeholder.</summary>
    public int IdOffset { get; }

    /// <summary>Threads that take values: each has its own share.</summary>
    public int Threads { get; init; } = 1;

    public ReadOnlySpan<byte> this[int index] => _packed.AsSpan(index * PackedBytes, PackedBytes);

    /// <summary>The value of a put. Ids have the thread in their upper byte and its running number in the lowest three (LoadRunner).</summary>
    public ReadOnlySpan<byte> Of(ulong valueId)
    {
        ulong thread = valueId >> 56 & 0x7F, number = valueId & 0xFF_FFFF;
        return this[(int)((number * (ulong)Threads + thread) % (ulong)Count)];
    }

    /// <summary>Signs values.</summary>
    /// <param name="owners">Their signatures are all of the same length.</param>
    /// <param name="dataBytes">8 or more.</param>
    public static SignedValues Sign(IReadOnlyList<RSA> owners, int count, int dataBytes, ushort type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataBytes, sizeof(ulong));
        int packedBytes = Sign(owners[0], 0, dataBytes, type).Length;
        byte[] all = new byte[(long)count * packedBytes];
        Parallel.For(0, owners.Count, owner =>
        {
            for (int i = owner; i < count; i += owners.Count)
            {
                byte[] packed = Sign(owners[owner], i, dataBytes, type);
                if (packed.Length != packedBytes) throw new InvalidOperationException("owners of different sizes");
                packed.CopyTo(all, i * packedBytes);
            }
        });
        return new SignedValues(all, packedBytes);
    }

    /// <summary>Takes values that were signed before.</summary>
    /// <returns>Null when they do not fit together.</returns>
    public static SignedValues? Read(byte[] packed, int packedBytes)
    {
        if (packedBytes <= 0 || packed.Length == 0 || packed.Length % packedBytes != 0) return null;
        var values = new SignedValues(packed, packedBytes);
        return values.IdOffset > 0 ? values : null;
    }

    /// <summary>All packed values, back to back.</summary>
    public ReadOnlySpan<byte> Bytes => _packed;

    public SignedValues WithThreads(int threads) => new(_packed, PackedBytes) { Threads = threads };

    private static byte[] Sign(RSA owner, int number, int dataBytes, ushort type)
    {
        byte[] data = new byte[dataBytes];
        BinaryPrimitives.WriteUInt64BigEndian(data, (ulong)number);
        var value = new ValueBuilder { Id = IdMarker, Type = type, Data = data, Owner = owner.ExportSubjectPublicKeyInfo() };
        value.Signature = owner.SignData(value.BodyToSign(), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        if (value.Pack(out byte[] packed) != DecodeStatus.Ok) throw new ArgumentOutOfRangeException(nameof(dataBytes), "no node stores a value of this size");
        return packed;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Dna.Fast.Identity;

/// <summary>Reads the leaf's public key out of a certificate value's data (wire specification, sections 4.6 and 5.1): <c>bin(PEM chain)</c>, PEM, or one DER certificate.</summary>
/// <remarks>
/// Any thread; never throws on input. The certificate's signature, names and dates are not looked at, and any kind of key is allowed, as on stock nodes: what
/// counts is that the key hashes to the place of the value.
/// </remarks>
public static class CertificateReader
{
    private static ReadOnlySpan<byte> Begin => "-----BEGIN CERTIFICATE-----"u8;

    private static ReadOnlySpan<byte> End => "-----END CERTIFICATE-----"u8;

    /// <returns>The DER SubjectPublicKeyInfo of the first certificate, exactly as it lies there; null when there is none.</returns>
    public static byte[]? ReadKey(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> inner = StripBin(data, out bool wasWrapped);
        int begin = inner.IndexOf(Begin);
        if (begin >= 0) return ReadPem(inner[(begin + Begin.Length)..]);
        // Stock takes DER only without the msgpack around it.
        return wasWrapped ? null : ReadDer(data);
    }

    /// <summary>Takes a msgpack bin header off when its length is that of the rest.</summary>
    private static ReadOnlySpan<byte> StripBin(ReadOnlySpan<byte> data, out bool wasWrapped)
    {
        (int header, long length) = data switch
        {
            [0xC4, byte size, ..] => (2, size),
            [0xC5, ..] when data.Length >= 3 => (3, BinaryPrimitives.ReadUInt16BigEndian(data[1..])),
            [0xC6, ..] when data.Length >= 5 => (5, BinaryPrimitives.ReadUInt32BigEndian(data[1..])),
            _ => (0, -1L),
        };
        wasWrapped = length == data.Length - header;
        return wasWrapped ? data[header..] : data;
    }

    private static byte[]? ReadPem(ReadOnlySpan<byte> behindBegin)
    {
        int end = behindBegin.IndexOf(End);
        if (end < 0) return null;
        ReadOnlySpan<byte> base64 = behindBegin[..end];
        byte[] der = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        try
        {
            // White space between the digits is skipped by the decoder.
            OperationStatus status = Base64.DecodeFromUtf8(base64, der, out int consumed, out int written);
            return status == OperationStatus.Done && consumed == base64.Length ? ReadDer(der.AsSpan(0, written)) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(der);
        }
    }

    /// <summary>Certificate, TBSCertificate (RFC 5280, section 4.1), down to subjectPublicKeyInfo.</summary>
    private static byte[]? ReadDer(ReadOnlySpan<byte> der)
    {
        const byte version = 0xA0;
        var outer = new DerReader(der);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> certificate) || !outer.IsAtEnd) return null;
        var parts = new DerReader(certificate);
        if (!parts.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> toBeSigned)) return null;
        if (!parts.TryRead(DerReader.Sequence, out _) || !parts.TryRead(DerReader.BitString, out _) || !parts.IsAtEnd) return null;

        var fields = new DerReader(toBeSigned);
        fields.TryRead(version, out _);
        if (!fields.TryRead(DerReader.Integer, out _)) return null;
        // Signature algorithm, issuer, validity, subject.
        for (int i = 0; i < 4; i++)
        {
            if (!fields.TryRead(DerReader.Sequence, out _)) return null;
        }

        if (!fields.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> info, out ReadOnlySpan<byte> whole)) return null;
        var key = new DerReader(info);
        bool isKey = key.TryRead(DerReader.Sequence, out _) && key.TryRead(DerReader.BitString, out _) && key.IsAtEnd;
        return isKey ? whole.ToArray() : null;
    }
}

using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Name aliases (DNA layer, section 8.1): the 128 characters of a fingerprint, without an end mark. Nothing in them proves who owns the name. Any thread.</summary>
public static class AliasCodec
{
    /// <summary>Reads an alias.</summary>
    /// <param name="fingerprint">Lower-case hex; null unless Ok.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> data, out string? fingerprint)
    {
        fingerprint = null;
        if (data.Length != UserFingerprint.Length) return RecordStatus.Malformed;
        fingerprint = UserFingerprint.Normalise(Encoding.Latin1.GetString(data));
        return fingerprint is null ? RecordStatus.Malformed : RecordStatus.Ok;
    }

    /// <summary>128 bytes of ASCII.</summary>
    public static byte[] Write(string fingerprint) => Encoding.ASCII.GetBytes(fingerprint);
}

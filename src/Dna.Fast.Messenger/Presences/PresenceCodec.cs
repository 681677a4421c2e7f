using System.Net;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Presences as text and back (DNA layer, section 10.3). Any thread.</summary>
/// <remarks>
/// Plain JSON: <c>ip</c>, <c>port</c>, <c>timestamp</c>, which is all the original's has; then <c>signature</c> (hex), over <c>"dna-presence-v1" | fingerprint | ip length 2 | ip | port 2 |
/// timestamp 8</c>, numbers big-endian, which old readers ignore.
/// </remarks>
public static class PresenceCodec
{
    private static ReadOnlySpan<byte> Label => "dna-presence-v1"u8;

    /// <summary>Writes a signed presence.</summary>
    public static byte[] Sign(IUserKeys keys, IPAddress address, ushort port, ulong timestamp)
    {
        string ip = address.ToString();
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(Message(keys.Fingerprint, ip, port, timestamp), signature);
        return Begin(ip, port, timestamp).Name("signature").Hex(signature).EndObject().ToArray();
    }

    /// <summary>The original's form, which nobody signed.</summary>
    public static byte[] WriteUnsigned(Presence presence) => Begin(presence.Ip, presence.Port, presence.Timestamp).EndObject().ToArray();

    /// <summary>Reads the presence of whoever has this signing key; one that says it is signed and is not rightly so is refused.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, SuiteSet suites, ReadOnlySpan<byte> signingKey, out Presence? presence)
    {
        presence = null;
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.Text("ip") is not { } ip || json.UInt64("port") is not { } port || json.UInt64("timestamp") is not { } timestamp) return RecordStatus.Incomplete;
        if (!IPAddress.TryParse(ip, out _) || port is 0 or > ushort.MaxValue) return RecordStatus.Incomplete;
        bool isSigned = json.Text("signature") is not null;
        if (isSigned)
        {
            if (suites.OfSigningKey(signingKey.Length) is not { } suite) return RecordStatus.UnknownSuite;
            byte[] message = Message(UserFingerprint.Of(signingKey), ip, (ushort)port, timestamp);
            if (json.Hex("signature") is not { } signature || !suite.Verify(signingKey, message, signature)) return RecordStatus.BadSignature;
        }

        presence = new Presence(ip, (ushort)port, timestamp, isSigned);
        return RecordStatus.Ok;
    }

    private static JsonCWriter Begin(string ip, ushort port, ulong timestamp) =>
        new JsonCWriter(JsonSpacing.Plain, sizeHint: 10 * 1024).BeginObject().Field("ip", ip).Field("port", port).Field("timestamp", timestamp);

    private static byte[] Message(string fingerprint, string ip, ushort port, ulong timestamp) =>
        new ByteWriter(256).Bytes(Label).Text(fingerprint).UInt16((ushort)ip.Length).Text(ip).UInt16(port).UInt64(timestamp).ToArray();
}

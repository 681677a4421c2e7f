using System.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity.Tests;

/// <summary>Values as stock nodes sent them, put together from the captured datagrams.</summary>
internal static class Captures
{
    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "vectors");

    /// <summary>The packed value whose header is <paramref name="header"/> and whose parts follow it.</summary>
    public static byte[] Value(string header, params string[] parts)
    {
        var from = NodeAddress.From(new IPEndPoint(IPAddress.Loopback, 4222));
        var reassembler = new Reassembler(new ReassemblyLimits());
        byte[] datagram = Read(header);
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(datagram, out Message message));
        reassembler.Open(from, message, datagram, 0, out ReassembledMessage? whole);
        foreach (string part in parts)
        {
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(Read(part), out Message fragment));
            reassembler.Add(from, fragment, 0, out whole);
        }

        Assert.NotNull(whole);
        return Assert.Single(whole.Values).ToArray();
    }

    public static byte[] SignedValue => Value("027-put-signed.bin", "028-put-signed-part0.bin");

    public static byte[] CertificateData(string name)
    {
        byte[] packed = name == "2412"
            ? Value("015-put-cert.bin", "016-put-cert-part0.bin", "017-put-cert-part1.bin")
            : Value("114-put-cert-longid.bin", "115-put-cert-longid-part0.bin", "116-put-cert-longid-part1.bin");
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        return value.Data.ToArray();
    }

    public static byte[] CertificateFile(string name) => File.ReadAllBytes(Path.Combine(Folder, "keys", name));

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));
}

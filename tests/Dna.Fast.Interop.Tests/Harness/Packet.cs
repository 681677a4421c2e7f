using System.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>One received datagram, decoded by the tests' own reader (wire specification, section 1.2).</summary>
internal sealed class Packet
{
    private readonly Dictionary<object, object?> _top;

    public Packet(byte[] bytes, IPEndPoint from, TimeSpan at)
    {
        Bytes = bytes;
        From = from;
        At = at;
        _top = (Dictionary<object, object?>)MsgPack.Read(bytes)!;
        Body = (Top("a") ?? Top("r") ?? Top("u")) as Dictionary<object, object?> ?? [];
    }

    public byte[] Bytes { get; }

    public IPEndPoint From { get; }

    /// <summary>When it came, counted from the start of the test run's clock.</summary>
    public TimeSpan At { get; }

    public Dictionary<object, object?> Body { get; }

    /// <summary><c>y</c>.</summary>
    public string Kind => (string)Top("y")!;

    public string? Query => Top("q") as string;

    /// <summary><c>t</c>; only the integer form, which is the one to send.</summary>
    public uint Transaction => (uint)(ulong)Top("t")!;

    public ulong? Network => (ulong?)Top("n");

    public int? ErrorCode => Top("e") is object?[] error ? (int)(ulong)error[0]! : null;

    public InfoHash Id => new((byte[])this["id"]!);

    public byte[] Token => (byte[])this["token"]!;

    public ulong SocketId => (ulong)this["sid"]!;

    /// <summary>The <c>values</c> that came inline, decoded; empty when there are none.</summary>
    public IReadOnlyList<PacketValue> Values =>
        this["values"] is object?[] values ? values.OfType<Dictionary<object, object?>>().Select(value => new PacketValue(value)).ToList() : [];

    /// <summary>Sizes in <c>values</c>: their bytes follow in fragments.</summary>
    public IReadOnlyList<int> Sizes => this["values"] is object?[] values ? values.OfType<ulong>().Select(size => (int)size).ToList() : [];

    /// <summary>The ids in <c>re</c> or <c>exp</c>.</summary>
    public IReadOnlyList<ulong> Ids(string key) => this[key] is object?[] ids ? ids.Cast<ulong>().ToList() : [];

    /// <summary>True for a fragment of value number <paramref name="index"/> of a message.</summary>
    public bool IsFragment(uint transaction, ulong index) =>
        Kind == "p" && Transaction == transaction && ((Dictionary<object, object?>)Top("p")!).ContainsKey(index);

    /// <summary>Copies the fragment's bytes to their place.</summary>
    /// <returns>How many there were.</returns>
    public int CopyFragment(ulong index, byte[] packed)
    {
        var part = (Dictionary<object, object?>)((Dictionary<object, object?>)Top("p")!)[index]!;
        byte[] data = (byte[])part["d"]!;
        data.CopyTo(packed, (int)(ulong)part["o"]!);
        return data.Length;
    }

    /// <summary>A field of the body.</summary>
    public object? this[string key] => Body.GetValueOrDefault(key);

    /// <summary>A field of the datagram itself.</summary>
    public object? Top(string key) => _top.GetValueOrDefault(key);

    /// <summary>The entries of <c>n4</c> or <c>n6</c>.</summary>
    public IReadOnlyList<(InfoHash Id, IPEndPoint Address)> Nodes(string key)
    {
        if (this[key] is not byte[] list) return [];
        int address = key == "n4" ? 4 : 16;
        return list.Chunk(22 + address)
            .Select(entry => (new InfoHash(entry.AsSpan(0, 20)),
                new IPEndPoint(new IPAddress(entry.AsSpan(20, address)), entry[20 + address] << 8 | entry[21 + address])))
            .ToList();
    }

    public override string ToString() => $"{From} {Kind} {Query} {Convert.ToHexStringLower(Bytes.AsSpan(0, Math.Min(Bytes.Length, 200)))}";
}

/// <summary>A value as a node serves it.</summary>
internal sealed class PacketValue(Dictionary<object, object?> map)
{
    private Dictionary<object, object?> Body =>
        map["dat"] is Dictionary<object, object?> data ? (Dictionary<object, object?>)data["body"]! : [];

    public ulong Id => (ulong)map["id"]!;

    public ushort Type => (ushort)(ulong)Body["type"]!;

    public byte[] Data => (byte[])Body["data"]!;

    public string? UserType => Body.GetValueOrDefault("utype") as string;

    public int? Seq => Body.TryGetValue("seq", out object? seq) ? (int)(ulong)seq! : null;

    public bool IsSigned => Body.ContainsKey("owner");

    public byte[]? Owner => Body.GetValueOrDefault("owner") as byte[];

    public byte[]? Signature => ((Dictionary<object, object?>)map["dat"]!).GetValueOrDefault("sig") as byte[];
}

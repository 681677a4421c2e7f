using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Echo;

/// <summary>The echo's replies: as long and as well-formed as a node's, made once. Immutable.</summary>
/// <remarks>
/// An OpenDHT query ends <c>.. "q": name, "t": ce t(4), "y": "q", "v": str(2 or 4) [, "s": true]</c>. So its transaction id lies at a fixed
/// distance from the end and its name just before: the echo looks at a few bytes, copies four, and parses nothing. A reply ends in the same
/// way, with <c>"y": "r"</c>. Network ids are neither looked for nor given back, so a generator that sends one takes no answer from the
/// echo.
/// </remarks>
internal sealed class EchoReplies
{
    /// <summary>The id the echo goes by; the generator knows by it that answers have the right size and no contents.</summary>
    public static readonly InfoHash NodeId = new("dna-load bare echo 1"u8);

    private const uint Marker = 0xA9C3_5E17;

    /// <summary>Bytes behind the transaction id: <c>a1 'y' a1 'q'</c> and <c>a1 'v' a2 'o' '2'</c>.</summary>
    private const int Tail = 4 + 5;

    /// <summary>Bytes behind it from nodes before 2.6, whose agent has four letters.</summary>
    private const int LongTail = Tail + 2;

    /// <summary>Bytes that <c>"s": true</c> adds.</summary>
    private const int ClientBytes = 3;

    private readonly List<byte[]> _templates = [];

    /// <param name="nodes">Entries in the node lists of find and get replies, 0 to 8.</param>
    /// <param name="valueBytes">Data bytes of the value in get replies, at most 500: larger ones travel in fragments, which an echo has
    /// none of.</param>
    /// <param name="replyBytes">0, or the length of all replies whatever was asked, at least 64.</param>
    public EchoReplies(int nodes, int valueBytes, int replyBytes)
    {
        var self = new Sender(NodeId, 0, false);
        var requester = NodeAddress.V4(0x7F00_0001, 4222);
        byte[] room = new byte[2048], list = new byte[nodes * WireLimits.Node4Bytes], token = new byte[WireLimits.TokenBytes];
        byte[] values = new byte[1024];
        new Random(1).NextBytes(list);
        new Random(2).NextBytes(token);
        var shape = new ValueShape(valueBytes, 0);
        int valuesBytes = ValueListWriter.Inline(values, shape.Template, 1);
        if (replyBytes > 0)
        {
            for (int i = 0; i < 4; i++) _templates.Add(Padded(self, replyBytes));
            return;
        }

        Add(ReplyWriter.Pong(room, self, Marker, requester));
        Add(ReplyWriter.Found(room, self, Marker, requester, list, default, token, default, default));
        Add(ReplyWriter.Found(room, self, Marker, requester, list, default, token, values.AsSpan(0, valuesBytes), default));
        Add(ReplyWriter.Stored(room, self, Marker, requester, ValueShape.IdFlag));

        void Add(int bytes) => _templates.Add(room.AsSpan(0, bytes).ToArray());
    }

    /// <summary>By <see cref="RequestKind"/>: ping, find, get, put.</summary>
    public IReadOnlyList<byte[]> Templates => _templates;

    /// <summary>Where the transaction id lies in every reply, counted from its end.</summary>
    public const int TransactionFromEnd = Tail + sizeof(uint);

    /// <summary>Finds transaction id and kind of a query without parsing it.</summary>
    /// <returns>False: not recognised, not answered.</returns>
    public static bool TryRecognise(ReadOnlySpan<byte> query, out int transactionAt, out RequestKind kind)
    {
        kind = RequestKind.Ping;
        transactionAt = query.Length - Tail - sizeof(uint);
        if (transactionAt < 20) return false;
        if (query[^3] != 0xa2)
        {
            if (query[^5] == 0xa4) transactionAt -= LongTail - Tail;
            else transactionAt -= ClientBytes;
        }

        if (query[transactionAt - 1] != 0xce || query[transactionAt - 2] != 't') return false;
        switch (query[transactionAt - 4])
        {
            case (byte)'g': return true;
            case (byte)'d':
                kind = RequestKind.Find;
                return true;
            case (byte)'t':
                kind = query[transactionAt - 5] == 'e' ? RequestKind.Get : RequestKind.Put;
                return true;
            default: return false;
        }
    }

    // A pong with an unknown key, which every reader skips: { id, token, "x": padding }. The token lets one that only counts datagrams put,
    // too.
    private static byte[] Padded(in Sender self, int bytes)
    {
        byte[] room = new byte[bytes + 64];
        for (int padding = 0; ; padding++)
        {
            var writer = new MsgpackWriter(room);
            writer.WriteMapHeader(4);
            writer.WriteString("r"u8);
            writer.WriteMapHeader(2);
            writer.WriteString("id"u8);
            writer.WriteHash(self.Id);
            writer.WriteString("token"u8);
            writer.WriteBinary(new byte[Math.Max(1, padding)]);
            writer.WriteString("t"u8);
            writer.WriteUInt(Marker);
            writer.WriteString("y"u8);
            writer.WriteString("r"u8);
            writer.WriteString("v"u8);
            writer.WriteString("o2"u8);
            if (writer.Length >= bytes) return room[..writer.Length];
        }
    }
}

using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>One datagram of each form, with contents as in a network: eight nodes, a token of 32 bytes, a value of 100 bytes. Immutable; any thread.</summary>
internal sealed class SampleMessages
{
    public const int ValueBytes = 100;

    private const uint Transaction = 0x1234_5678, SocketId = 7;
    private const ulong ValueId = 0x1122_3344_5566_7788;
    private const long CreatedSeconds = 1_700_000_000;

    private static readonly NodeAddress Requester = NodeAddress.V4(0x0A00_0001, 4000);

    private readonly Sender _self = new(InfoHash.OfKey("node"), 0, IsClient: false);
    private readonly InfoHash _key = InfoHash.OfKey("key");
    private readonly byte[] _nodes;
    private readonly byte[] _token;
    private readonly byte[] _values;
    private readonly byte[] _fragment;
    private readonly ulong[] _ids = [1, 2, ValueId];

    public SampleMessages()
    {
        Random random = new(42);
        _nodes = Bytes(random, WireLimits.NodesMax * WireLimits.Node4Bytes);
        _token = Bytes(random, WireLimits.TokenBytes);
        _fragment = Bytes(random, WireLimits.FragmentBytes);
        _values = ValueList(PlainValue(random));
    }

    /// <summary>A packed value without owner, its data <see cref="ValueBytes"/> long.</summary>
    public static byte[] PlainValue(Random random)
    {
        new ValueBuilder { Id = ValueId, Type = 3, Data = Bytes(random, ValueBytes) }.Pack(out byte[] packed);
        return packed;
    }

    /// <summary>A msgpack array of one packed value.</summary>
    public static byte[] ValueList(byte[] packed)
    {
        byte[] list = new byte[packed.Length + 1];
        return list[..ValueListWriter.Inline(list, packed, 1)];
    }

    public static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes the datagram.</summary>
    /// <returns>Its length.</returns>
    public int Write(MessageForm form, Span<byte> to) => form switch
    {
        MessageForm.Ping => QueryWriter.Ping(to, _self, Transaction),
        MessageForm.Find => QueryWriter.Find(to, _self, Transaction, _key, Want.V4),
        MessageForm.Get => QueryWriter.Get(to, _self, Transaction, _key, [], Want.V4),
        MessageForm.Put => QueryWriter.Put(to, _self, Transaction, _key, _values, CreatedSeconds, _token),
        MessageForm.Refresh => QueryWriter.Refresh(to, _self, Transaction, _key, ValueId, _token),
        MessageForm.Listen => QueryWriter.Listen(to, _self, Transaction, _key, _token, SocketId, []),
        MessageForm.Update => QueryWriter.UpdateValues(to, _self, Transaction, _key, SocketId, _values, _token),
        MessageForm.UpdateIds => QueryWriter.UpdateRefreshed(to, _self, Transaction, SocketId, _ids, _token),
        MessageForm.Pong => ReplyWriter.Pong(to, _self, Transaction, Requester),
        MessageForm.Found => ReplyWriter.Found(to, _self, Transaction, Requester, _nodes, [], _token, [], []),
        MessageForm.FoundValue => ReplyWriter.Found(to, _self, Transaction, Requester, _nodes, [], _token, _values, []),
        MessageForm.Stored => ReplyWriter.Stored(to, _self, Transaction, Requester, ValueId),
        MessageForm.Listening => ReplyWriter.Listening(to, _self, Transaction, Requester, _token),
        MessageForm.Error => ReplyWriter.Error(to, _self, Transaction, 401, "Unauthorized"u8),
        MessageForm.Fragment => FragmentWriter.Write(to, _self, Transaction, 0, WireLimits.FragmentBytes, _fragment),
        _ => throw new ArgumentOutOfRangeException(nameof(form)),
    };
}

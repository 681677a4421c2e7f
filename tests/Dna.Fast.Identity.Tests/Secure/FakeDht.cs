using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity.Tests;

/// <summary>A network of one honest store: the edit rules are the product's, what is read is everything that lies there.</summary>
internal sealed class FakeDht : IDht
{
    private readonly Dictionary<InfoHash, List<byte[]>> _values = [];
    private readonly EditPolicy _edits = new(new RsaVerifier());
    private readonly Channel<ListenEvent> _changes = Channel.CreateUnbounded<ListenEvent>();

    /// <summary>What the next operations answer instead of working.</summary>
    public GetAnswerStatus? Fails { get; set; }

    /// <summary>Gets tell what lies there, but cannot say that this is all.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>Called before each put: what happens in the network meanwhile, or an exception.</summary>
    public Action<InfoHash, byte[]>? BeforePut { get; set; }

    public List<(InfoHash Key, byte[] Packed, bool IsPermanent)> Puts { get; } = [];

    public List<InfoHash> Gets { get; } = [];

    /// <summary>Permanent puts that were ended, in order.</summary>
    public List<byte[]> Ended { get; } = [];

    /// <summary>Awaited by each get before it answers, when set.</summary>
    public Task? GetsWaitFor { get; set; }

    /// <summary>Lays a value down without asking any rule: what another node may hold.</summary>
    public void Plant(InfoHash key, byte[] packed) => At(key).Add(packed);

    public IReadOnlyList<byte[]> Stored(InfoHash key) => At(key);

    public void Tell(ListenEvent change) => Assert.True(_changes.Writer.TryWrite(change));

    public void EndTelling() => _changes.Writer.Complete();

    public Task<PutAnswer> PutAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Puts.Add((key, packed.ToArray(), false));
        return Task.FromResult(Put(key, packed.ToArray()));
    }

    public Task<PermanentPut> PutPermanentAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Puts.Add((key, packed.ToArray(), true));
        return Task.FromResult(new PermanentPut(new Announcement(this, packed.ToArray()), Put(key, packed.ToArray())));
    }

    public async Task<GetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default)
    {
        GetAnswer all = await GetAllAsync(key, where, deadline, cancellation);
        return all with { Values = [.. all.Values.Take(1)] };
    }

    public async Task<GetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (GetsWaitFor is { } wait) await wait.WaitAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        Gets.Add(key);
        if (Fails is { } status) return new GetAnswer(status, [], 0, status != GetAnswerStatus.TimedOut);
        FoundValue[] found = [.. At(key).Where(packed => Matches(where, packed)).Select(packed => new FoundValue(packed, default))];
        return new GetAnswer(found.Length > 0 ? GetAnswerStatus.Found : IsIncomplete ? GetAnswerStatus.TimedOut : GetAnswerStatus.Absent, found, 1, !IsIncomplete);
    }

    public async IAsyncEnumerable<ListenEvent> ListenAsync(
        InfoHash key, ReadOnlyMemory<byte> where, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (ListenEvent change in _changes.Reader.ReadAllAsync(cancellation)) yield return change;
    }

    public Task<InfoHash?> PingAsync(NodeAddress address, TimeSpan deadline, CancellationToken cancellation = default) => Task.FromResult<InfoHash?>(null);

    private static bool Matches(ReadOnlyMemory<byte> where, byte[] packed)
    {
        Assert.Equal(DecodeStatus.Ok, QueryView.TryRead(where.Span, out QueryView query));
        return ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok || query.Matches(value);
    }

    private PutAnswer Put(InfoHash key, byte[] packed)
    {
        if (Fails is not null) return new PutAnswer(PutAnswerStatus.Unreachable, 0, 0);
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        BeforePut?.Invoke(key, packed);
        List<byte[]> here = At(key);
        (ulong id, ushort seq, byte[] owner) = (value.Id, value.Seq, value.Owner.ToArray());
        if (here.Exists(old => IsNewer(old, id, seq, owner, packed))) return new PutAnswer(PutAnswerStatus.Outdated, 0, 0);
        for (int i = 0; i < here.Count; i++)
        {
            if (ValueReader.Read(here[i], out ValueView old, out _) != DecodeStatus.Ok || old.Id != value.Id) continue;
            // The node asks first and sends nothing over another owner's value.
            if (!old.Owner.SequenceEqual(value.Owner)) return new PutAnswer(PutAnswerStatus.Refused, 0, 0);
            var slot = new SlotInfo(value.Id, value.Type, 0, 1, default);
            if (_edits.For(isVerified: true).Decide(key, slot, here[i], slot, packed) == EditDecision.Replace) here[i] = packed;
            return new PutAnswer(PutAnswerStatus.Acknowledged, 1, 1);
        }

        here.Add(packed);
        return new PutAnswer(PutAnswerStatus.Acknowledged, 1, 1);
    }

    private static bool IsNewer(byte[] old, ulong id, ushort seq, byte[] owner, byte[] packed) =>
        ValueReader.Read(old, out ValueView value, out _) == DecodeStatus.Ok && value.Id == id && value.IsSigned && value.Owner.SequenceEqual(owner)
        && value.Seq >= seq && !old.AsSpan().SequenceEqual(packed) && IsGenuine(value);

    private static bool IsGenuine(in ValueView value)
    {
        byte[] body = new byte[ValueWriter.BytesMax(value)];
        int length = ValueWriter.WriteBody(body, value);
        return new RsaVerifier().Verify(value.Owner, body.AsSpan(0, length), value.Signature);
    }

    private List<byte[]> At(InfoHash key)
    {
        if (!_values.TryGetValue(key, out List<byte[]>? here)) _values.Add(key, here = []);
        return here;
    }

    private sealed class Announcement(FakeDht dht, byte[] packed) : IOperation
    {
        public void Cancel() => dht.Ended.Add(packed);
    }
}

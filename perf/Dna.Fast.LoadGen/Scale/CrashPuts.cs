using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Scale;

/// <summary>A value that a node acknowledged, by what every byte of it follows from.</summary>
internal readonly record struct StoredValue(uint Key, ulong Id);

/// <summary>
/// Puts without end, each under a key of its own, and remembers the last that were acknowledged. One engine's; <see cref="Acknowledged"/>
/// and <see cref="Stop"/> are any thread's.
/// </summary>
/// <param name="firstKey">Key of the first put, the next ones follow.</param>
/// <param name="remembered">How many acknowledged puts are remembered, the latest.</param>
internal sealed class CrashPuts(uint firstKey, int remembered) : IWorkload
{
    private readonly StoredValue[] _ring = new StoredValue[remembered];
    private uint _nextKey = firstKey;
    private long _acknowledged;
    private volatile bool _isStopped;

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Key that no put has taken.</summary>
    public uint NextKey => _nextKey;

    public bool IsDone => _isStopped;

    /// <summary>The latest acknowledged puts; after the engine has ended.</summary>
    public StoredValue[] Latest => _ring[..(int)Math.Min(_acknowledged, _ring.Length)];

    /// <summary>Sends nothing more.</summary>
    public void Stop() => _isStopped = true;

    public bool TryNext(Source source, out Request request)
    {
        uint key = _nextKey++;
        request = new Request(RequestKind.Put, key, ValueShape.IdOf(key), false);
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (request.Kind != RequestKind.Put || outcome != Outcome.Ok) return;
        _ring[_acknowledged % _ring.Length] = new StoredValue(request.Key, request.ValueId);
        Volatile.Write(ref _acknowledged, _acknowledged + 1);
    }
}

/// <summary>Reads values back, each until it is answered, rightly or wrongly. One engine's.</summary>
internal sealed class ReadBack : IWorkload
{
    /// <summary>Losses of requests or answers in all before the rest counts as lost.</summary>
    private const int TimeoutsMax = 100;

    private readonly Dictionary<uint, StoredValue> _open = [];
    private readonly Queue<StoredValue> _next;
    private int _timeouts;

    public ReadBack(IReadOnlyCollection<StoredValue> values)
    {
        _next = new Queue<StoredValue>(values);
    }

    /// <summary>Values of which every byte was right.</summary>
    public int Right { get; private set; }

    /// <summary>The last way a value was not what was put.</summary>
    public Outcome Fault { get; private set; } = Outcome.Ok;

    public bool IsDone => (_next.Count == 0 && _open.Count == 0) || _timeouts > TimeoutsMax;

    public bool TryNext(Source source, out Request request)
    {
        request = default;
        if (!_next.TryDequeue(out StoredValue value)) return false;
        _open[value.Key] = value;
        request = new Request(RequestKind.Get, value.Key, value.Id, false);
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (request.Kind != RequestKind.Get || !_open.Remove(request.Key, out StoredValue value)) return;
        if (outcome == Outcome.Ok) Right++;
        else Fault = outcome;
        if (outcome != Outcome.Timeout) return;
        _timeouts++;
        _next.Enqueue(value);
    }
}

using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>Puts one value under each key of a range, again until acknowledged, a bounded number of times.</summary>
internal sealed class PreloadWorkload : IWorkload
{
    /// <summary>Id of the value every loaded key has.</summary>
    public const ulong LoadedId = 1 | ValueShape.IdFlag;

    /// <summary>Losses in all until loading gives up: per key one, and a few for a node that is busy at first.</summary>
    private readonly long _failuresMax;
    private readonly Stack<uint> _again = new();
    private readonly uint _to;
    private uint _next;
    private uint _acknowledged;
    private readonly uint _count;

    public PreloadWorkload(uint from, uint to)
    {
        _next = from;
        _to = to;
        _count = to - from;
        _failuresMax = _count + 1000L;
    }

    /// <summary>Keys whose value was acknowledged.</summary>
    public uint Acknowledged => Volatile.Read(ref _acknowledged);

    public long Failures { get; private set; }

    /// <summary>The last way a put failed.</summary>
    public Outcome LastFailure { get; private set; } = Outcome.Ok;

    public bool HasGivenUp => Failures > _failuresMax;

    public bool IsDone => _acknowledged == _count || HasGivenUp;

    public bool TryNext(Source source, out Request request)
    {
        request = default;
        if (!_again.TryPop(out uint key))
        {
            if (_next >= _to) return false;
            key = _next++;
        }

        request = new Request(RequestKind.Put, key, LoadedId, false);
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (request.Kind != RequestKind.Put) return;
        if (outcome == Outcome.Ok)
        {
            _acknowledged++;
            return;
        }

        Failures++;
        LastFailure = outcome;
        _again.Push(request.Key);
    }
}

using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>A fixed number of requests of one kind from one source: looks at the node without loading it.</summary>
internal sealed class ProbeWorkload(RequestKind kind, int count) : IWorkload
{
    private int _toSend = count;
    private int _toEnd = count;

    /// <summary>The last outcome.</summary>
    public Outcome Last { get; private set; } = Outcome.Timeout;

    public bool IsDone => _toEnd <= 0;

    public bool TryNext(Source source, out Request request)
    {
        request = new Request(kind, 0, PreloadWorkload.LoadedId, false);
        return _toSend-- > 0;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (request.Kind != kind) return;
        _toEnd--;
        Last = outcome;
    }
}

/// <summary>Sends nothing: the sources only answer what the node asks them.</summary>
internal sealed class SilentWorkload : IWorkload
{
    public bool IsDone => false;

    public bool TryNext(Source source, out Request request)
    {
        request = default;
        return false;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
    }
}

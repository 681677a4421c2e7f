using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>One find per source, again a few times, until each source holds a token.</summary>
internal sealed class TokenWorkload : IWorkload
{
    /// <summary>Tries per source: as often as a node sends a request, plus what rate limits of a whole second may swallow.</summary>
    private const int TriesMax = 5;

    private readonly Dictionary<Source, int> _tries;
    private int _left;

    public TokenWorkload(IReadOnlyList<Source> sources)
    {
        _tries = sources.ToDictionary(s => s, _ => 0);
        _left = sources.Count;
    }

    /// <summary>Sources that were answered without a token.</summary>
    public int WithoutToken { get; private set; }

    /// <summary>Sources that were not answered.</summary>
    public int Unanswered { get; private set; }

    public bool IsDone => _left == 0;

    public bool TryNext(Source source, out Request request)
    {
        request = new Request(RequestKind.Find, source.Index, 0, false);
        int tries = _tries[source];
        if (tries < 0 || source.InFlight.Used > 0) return false;
        _tries[source] = tries + 1;
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (_tries[source] < 0) return;
        if (outcome is not (Outcome.Ok or Outcome.NoToken) && _tries[source] < TriesMax) return;
        if (outcome == Outcome.NoToken) WithoutToken++;
        else if (outcome != Outcome.Ok) Unanswered++;
        _tries[source] = -1;
        _left--;
    }
}

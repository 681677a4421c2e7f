using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Listen;

/// <summary>One <c>listen</c> per listener from its source, again a few times until it is answered.</summary>
internal sealed class SubscribeWorkload : IWorkload
{
    private const int TriesMax = 5;

    private readonly ListenPlan _plan;
    private readonly Queue<int>[] _waiting;
    private readonly int[] _tries;
    private int _left;

    public SubscribeWorkload(ListenPlan plan)
    {
        _plan = plan;
        _tries = new int[plan.Listeners];
        _waiting = [.. Enumerable.Range(0, plan.Sources).Select(_ => new Queue<int>())];
        for (int i = 0; i < plan.Listeners; i++) _waiting[plan.SourceOf(i)].Enqueue(i);
        _left = plan.Listeners;
    }

    public bool IsDone => _left == 0;

    /// <summary>Listeners that were not accepted.</summary>
    public int Failed { get; private set; }

    public Outcome LastFailure { get; private set; } = Outcome.Ok;

    public bool TryNext(Source source, out Request request)
    {
        request = default;
        if (!_waiting[source.Index].TryDequeue(out int listener)) return false;
        _tries[listener]++;
        request = new Request(RequestKind.Listen, _plan.KeyOf(listener), ListenPlan.SocketIdOf(listener), false);
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (request.Kind != RequestKind.Listen) return;
        int listener = _plan.ListenerOf((uint)request.ValueId);
        if (outcome != Outcome.Ok)
        {
            LastFailure = outcome;
            if (_tries[listener] < TriesMax)
            {
                _waiting[source.Index].Enqueue(listener);
                return;
            }

            Failed++;
        }

        _left--;
    }
}

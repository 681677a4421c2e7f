using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>What one thread sends in one phase. The thread's own.</summary>
internal interface IWorkload
{
    /// <summary>True when nothing more is to be sent and nothing outstanding may come back to be sent again.</summary>
    bool IsDone { get; }

    /// <summary>The next request of a source.</summary>
    /// <returns>False: this source has nothing to send now.</returns>
    bool TryNext(Source source, out Request request);

    /// <summary>Called once for every request that was sent.</summary>
    void Ended(Source source, in Request request, Outcome outcome);
}

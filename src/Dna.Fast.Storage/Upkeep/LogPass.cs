using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Goes over the value log from the front to the back, in the background, with patience.</summary>
internal sealed class LogPass(StoreEngine engine, Func<bool> isClosing)
{
    // Between pauses: 1 MiB, about a millisecond of work.
    private const int StepBytes = 8 * ValueLog.PageBytes;

    // A pass takes a quarter of a core at most: it rests three times as long as it worked.
    private const int RestFactor = 3;

    // Shorter naps cost more in waking than they rest.
    private const double NapMsMin = 5;

    private readonly byte[] _page = new byte[ValueLog.PageBytes];

    /// <summary>True while a pass should go on.</summary>
    public bool MayGoOn => !isClosing() && !engine.IsStalled;

    /// <summary>Sees to it that everything up to now is in the files.</summary>
    /// <returns>The address up to which it is.</returns>
    public long Settle()
    {
        long tail = engine.Values.Kv.Log.TailAddress;
        engine.Values.Kv.Log.Flush(wait: false);
        while (engine.Values.WrittenUntil < tail && MayGoOn) Thread.Sleep(1);
        return Math.Min(tail, engine.Values.WrittenUntil);
    }

    /// <summary>Shows [<paramref name="from"/>, <paramref name="until"/>) to a sink.</summary>
    /// <param name="from">Begins a record or a page.</param>
    /// <param name="until">Where to stop.</param>
    /// <param name="sink">Shown what is there.</param>
    /// <param name="hurry">True: without rests.</param>
    /// <returns>The address behind what was shown.</returns>
    public long Run(long from, long until, IPageSink sink, bool hurry)
    {
        double worked = 0;
        long address = from;
        while (address < until && MayGoOn)
        {
            long start = engine.Options.Clock.GetTimestamp();
            long next = Math.Min((address & -StepBytes) + StepBytes, until);
            long reached = LogPages.Read(engine.Values.Files, engine.Values.Identity.Seed, address, next, _page, sink);
            if (reached < next) return reached;
            address = next;
            worked += engine.Options.Clock.GetElapsedTime(start).TotalMilliseconds;
            if (hurry || worked * RestFactor < NapMsMin) continue;
            Thread.Sleep((int)(worked * RestFactor));
            worked = 0;
        }

        return address;
    }
}

using Dna.Fast.LoadGen.Sockets;

namespace Dna.Fast.LoadGen.Load;

/// <summary>The engines of a session, each on a thread of its own. One caller at a time.</summary>
internal sealed class EngineGroup(IReadOnlyList<Engine> engines)
{
    public int Count => engines.Count;

    public Engine this[int index] => engines[index];

    /// <summary>Runs a phase on all engines and waits for its end.</summary>
    /// <param name="phase">Called on each engine's thread with its number.</param>
    /// <param name="meanwhile">Called on the calling thread, and again after each return, while the phase runs.</param>
    public void Run(Action<Engine, int> phase, Action? meanwhile = null)
    {
        Exception? failure = null;
        var threads = new Thread[engines.Count];
        for (int i = 0; i < threads.Length; i++)
        {
            int index = i;
            threads[i] = new Thread(() => failure = Guard(phase, index) ?? failure) { Name = $"load-{index}", IsBackground = true };
            threads[i].Start();
        }

        while (meanwhile != null && threads.Any(t => t.IsAlive)) meanwhile();
        foreach (Thread thread in threads) thread.Join();
        if (failure != null) throw new InvalidOperationException("a thread of the generator failed", failure);
    }

    public void Stop()
    {
        foreach (Engine engine in engines) engine.Stop();
    }

    private Exception? Guard(Action<Engine, int> phase, int index)
    {
        try
        {
            Poller.AskForExactTimers();
            phase(engines[index], index);
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Stop();
            return failure;
        }
    }
}

namespace Dna.Fast.LoadGen.Listen;

/// <summary>Who listens to what: listener i to key i % keys, from source i % sources, with socket id i + 1. Immutable.</summary>
internal sealed class ListenPlan
{
    public ListenPlan(int listeners, int keys, int sources)
    {
        Listeners = listeners;
        Keys = Math.Min(keys, listeners);
        Sources = sources;
    }

    public int Listeners { get; }

    /// <summary>Keys with at least one listener.</summary>
    public int Keys { get; }

    public int Sources { get; }

    /// <summary>Listeners of the key that has most.</summary>
    public int FanOutMax => (Listeners + Keys - 1) / Keys;

    public uint KeyOf(int listener) => (uint)(listener % Keys);

    public uint SourceOf(int listener) => (uint)(listener % Sources);

    public static uint SocketIdOf(int listener) => (uint)listener + 1;

    /// <summary>The listener of a socket id, or -1.</summary>
    public int ListenerOf(uint socketId) => socketId >= 1 && socketId <= Listeners ? (int)socketId - 1 : -1;

    /// <summary>Which of its key's listeners this is, from 0.</summary>
    public int PlaceOf(int listener) => listener / Keys;

    /// <summary>Listeners of a key.</summary>
    public int FanOut(uint key) => (Listeners - (int)key + Keys - 1) / Keys;
}

namespace Dna.Fast.Net.Tests.Kit;

/// <summary>A waiter that returns when the test says so, with what the test says.</summary>
internal sealed class TwinWaiter(int sockets) : Waiter
{
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly SemaphoreSlim _go = new(0);
    private volatile bool _isWoken;

    public bool[] Readable { get; } = new bool[sockets];

    public bool[] Writable { get; } = new bool[sockets];

    /// <summary>What the worker watches for now.</summary>
    public (bool Readable, bool Writable)[] Watched { get; } = [.. Enumerable.Repeat((true, false), sockets)];

    /// <summary>Milliseconds of the wait that is under way.</summary>
    public int TimeoutMs { get; private set; }

    /// <summary>Waits until the worker waits: what it did before can be looked at.</summary>
    public void AwaitIdle()
    {
        if (!_waiting.Wait(TestClient.Patience)) throw new TimeoutException("the worker never waited");
    }

    /// <summary>One round of the worker.</summary>
    public void Step()
    {
        _go.Release();
        AwaitIdle();
    }

    public override void Watch(int socket, bool readable, bool writable) => Watched[socket] = (readable, writable);

    public override void Wait(int timeoutMs)
    {
        TimeoutMs = timeoutMs;
        _waiting.Release();
        if (!_isWoken) _go.Wait();
    }

    public override bool IsReadable(int socket) => Readable[socket] && Watched[socket].Readable;

    public override bool IsWritable(int socket) => Writable[socket] && Watched[socket].Writable;

    public override void Wake()
    {
        _isWoken = true;
        _go.Release();
    }

    public override void Dispose()
    {
        _waiting.Dispose();
        _go.Dispose();
    }
}

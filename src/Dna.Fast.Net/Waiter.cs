namespace Dna.Fast.Net;

/// <summary>Waits for the sockets of one worker, for a wake and for time to pass.</summary>
/// <remarks>One thread, but for <see cref="Wake"/>.</remarks>
internal abstract class Waiter : IDisposable
{
    /// <summary>What to wait for on a socket from now on. Errors of the socket end a wait too.</summary>
    /// <param name="socket">Index in the worker.</param>
    public abstract void Watch(int socket, bool readable, bool writable);

    /// <summary>Returns when a socket is ready, after a <see cref="Wake"/>, or after <paramref name="timeoutMs"/> milliseconds. It may return early.</summary>
    public abstract void Wait(int timeoutMs);

    /// <summary>What the last <see cref="Wait"/> found.</summary>
    public abstract bool IsReadable(int socket);

    /// <summary>What the last <see cref="Wait"/> found.</summary>
    public abstract bool IsWritable(int socket);

    /// <summary>Ends the current or the next <see cref="Wait"/>. Any thread, also after disposal; cheap when repeated.</summary>
    public abstract void Wake();

    public abstract void Dispose();
}

// UNSAFE CODE, and why it is safe: the array given to poll is pinned and lives as long as this object; the other pointers are to locals. Wake may come
// after disposal: it goes through the handle, which refuses then, so it never writes to a number that belongs to another file by now.
using System.Runtime.CompilerServices;

namespace Dna.Fast.Net.Linux;

/// <summary>Waits by <c>poll</c>; woken by an <c>eventfd</c>.</summary>
/// <remarks>poll and not epoll: there are a handful of descriptors, and what to wait for changes with every block.</remarks>
internal sealed unsafe class LinuxWaiter : Waiter
{
    private readonly PollFd[] _polled;
    private readonly DescriptorHandle _event;
    private int _isSignalled;

    /// <exception cref="IOException">No descriptor left.</exception>
    public LinuxWaiter(IReadOnlyList<LinuxUdpSocket> sockets)
    {
        _event = new DescriptorHandle(LibC.EventDescriptor(0, LibC.EventNonBlockingCloseOnExec));
        if (_event.IsInvalid) throw new IOException("no file descriptor left for waking a worker");
        _polled = GC.AllocateArray<PollFd>(sockets.Count + 1, pinned: true);
        for (int i = 0; i < sockets.Count; i++) _polled[i] = new PollFd { Descriptor = sockets[i].Descriptor, Events = LibC.PollIn };
        _polled[^1] = new PollFd { Descriptor = _event.Number, Events = LibC.PollIn };
    }

    public override void Watch(int socket, bool readable, bool writable) =>
        _polled[socket].Events = (short)((readable ? LibC.PollIn : 0) | (writable ? LibC.PollOut : 0));

    public override void Wait(int timeoutMs)
    {
        int ready = LibC.Poll((PollFd*)Unsafe.AsPointer(ref _polled[0]), (nuint)_polled.Length, timeoutMs);
        if (ready <= 0)
        {
            // A signal or the timeout: results of the last call are void.
            for (int i = 0; i < _polled.Length; i++) _polled[i].Returned = 0;
            return;
        }

        if (_polled[^1].Returned == 0) return;
        // First empty the event, then lower the flag, then look for work (by the caller): a waker in between finds the flag still up and writes
        // nothing, but its work is visible to the look that follows. The other order could leave the flag up over an empty event.
        ulong count;
        _ = LibC.Read(_event.Number, &count, sizeof(ulong));
        Interlocked.Exchange(ref _isSignalled, 0);
    }

    public override bool IsReadable(int socket) => (_polled[socket].Returned & (LibC.PollIn | LibC.PollError)) != 0;

    public override bool IsWritable(int socket) => (_polled[socket].Returned & (LibC.PollOut | LibC.PollError)) != 0;

    public override void Wake()
    {
        if (Interlocked.Exchange(ref _isSignalled, 1) != 0) return;
        ulong one = 1;
        try
        {
            _ = LibC.Write(_event, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The worker has ended; nobody is left to wake.
        }
    }

    public override void Dispose() => _event.Dispose();
}

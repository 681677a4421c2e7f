using System.Net;
using System.Net.Sockets;

namespace Dna.Fast.Net.Portable;

/// <summary>Waits by <see cref="Socket.Select(System.Collections.IList, System.Collections.IList, System.Collections.IList, int)"/>; woken by a datagram to itself over loopback.</summary>
internal sealed class PortableWaiter : Waiter
{
    private readonly Socket[] _sockets;
    private readonly bool[] _watchRead;
    private readonly bool[] _watchWrite;
    private readonly Socket _wake = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];
    private readonly byte[] _drain = new byte[1];
    private int _isSignalled;

    /// <exception cref="SocketException">No loopback.</exception>
    public PortableWaiter(Socket[] sockets)
    {
        _sockets = sockets;
        _watchRead = new bool[sockets.Length];
        _watchWrite = new bool[sockets.Length];
        Array.Fill(_watchRead, true);
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // Connected to itself, it takes datagrams of nobody else.
        _wake.Connect(_wake.LocalEndPoint!);
    }

    public override void Watch(int socket, bool readable, bool writable)
    {
        _watchRead[socket] = readable;
        _watchWrite[socket] = writable;
    }

    public override void Wait(int timeoutMs)
    {
        _read.Clear();
        _write.Clear();
        for (int i = 0; i < _sockets.Length; i++)
        {
            if (_watchRead[i]) _read.Add(_sockets[i]);
            if (_watchWrite[i]) _write.Add(_sockets[i]);
        }

        _read.Add(_wake);
        Socket.Select(_read, _write.Count == 0 ? null : _write, null, timeoutMs * 1000);
        if (!_read.Contains(_wake)) return;
        // Empty first, lower the flag after: see LinuxWaiter.
        _wake.Receive(_drain);
        Interlocked.Exchange(ref _isSignalled, 0);
    }

    public override bool IsReadable(int socket) => _read.Contains(_sockets[socket]);

    public override bool IsWritable(int socket) => _write.Contains(_sockets[socket]);

    public override void Wake()
    {
        if (Interlocked.Exchange(ref _isSignalled, 1) != 0) return;
        try
        {
            _wake.Send([1]);
        }
        catch (Exception error) when (error is ObjectDisposedException or SocketException)
        {
            // The worker has ended; nobody is left to wake.
        }
    }

    public override void Dispose() => _wake.Dispose();
}
